// Builds dist/: the library and CLI with tsc, then one self-contained CommonJS bundle for each program
// that git itself starts. CommonJS because its loader starts several milliseconds sooner than the ESM one.
// Everything is built beside dist/ and then takes its place, so that a test or a hook that runs meanwhile never sees
// half a build; two builds at once take turns.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import lockfile from "proper-lockfile";
import { bundleOptions, bundles } from "./bundles.mjs";

const root = path.dirname(import.meta.dirname);
const dist = path.join(root, "dist");
const fresh = path.join(root, "dist.new");
const old = path.join(root, "dist.old");

const release = await lockfile.lock(root, {
  lockfilePath: path.join(root, "node_modules", ".got-hooks-build.lock"),
  // Two minutes: several builds may be waiting.
  retries: { retries: 240, factor: 1, minTimeout: 500 },
});
try {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
  const require = createRequire(import.meta.url);
  const tsc = path.join(path.dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const config = path.join(root, "tsconfig.build.json");
  execFileSync(process.execPath, [tsc, "-p", config, "--outDir", fresh], { stdio: "inherit" });
  chmodSync(path.join(fresh, "cli", "main.js"), 0o755);
  for (const bundle of bundles) {
    const outfile = path.join(fresh, path.relative("dist", bundle.outfile));
    await build({ ...bundleOptions(bundle), absWorkingDir: root, outfile });
  }
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
} catch (error) {
  // tsc has printed what is wrong by itself.
  if (error?.status === undefined) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
  await release();
}
