import path from "node:path";
import { build } from "esbuild";

/** Bundles a worker of a test, so that starting it a hundred times does not compile it as often. Returns the program. */
export async function bundleWorker(entry: string, folder: string): Promise<string> {
  const outfile = path.join(folder, `${path.basename(entry, ".ts")}.mjs`);
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    outfile,
    logLevel: "warning",
  });
  return outfile;
}
