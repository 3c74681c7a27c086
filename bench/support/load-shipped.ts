import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/**
 * Loads the locks as they are shipped. The loader that benches run under wraps every function to keep its name, which people's programs do not
 * pay for and which the packages that we compare with, being in node_modules, do not pay for either.
 */
export async function loadShipped(folder: string): Promise<typeof import("./shipped-locks.ts")> {
  const file = path.join(folder, "shipped-locks.mjs");
  await build({
    entryPoints: [path.join(import.meta.dirname, "shipped-locks.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "warning",
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- built from that very file a moment ago
  return (await import(pathToFileURL(file).href)) as typeof import("./shipped-locks.ts");
}
