// Builds dist/: the library and CLI with tsc, then one self-contained CommonJS bundle for each program
// that git itself starts. CommonJS because its loader starts several milliseconds sooner than the ESM one.
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { bundles, bundleOptions } from "./bundles.mjs";

const root = path.dirname(import.meta.dirname);
rmSync(path.join(root, "dist"), { recursive: true, force: true });
const require = createRequire(import.meta.url);
const tsc = path.join(path.dirname(require.resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "-p", path.join(root, "tsconfig.build.json")], { stdio: "inherit" });
chmodSync(path.join(root, "dist", "cli", "main.js"), 0o755);
const { build } = await import("esbuild");
for (const bundle of bundles) {
  await build({ ...bundleOptions(bundle), absWorkingDir: root, outfile: path.join(root, bundle.outfile) });
}
