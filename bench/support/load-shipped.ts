import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type * as shippedLocks from "./shipped-locks.ts";

/**
 * Loads the locks as they are shipped. The loader that benches run under wraps every function to keep its name, which people's programs do not
 * pay for and which the packages that we compare with, being in node_modules, do not pay for either.
 */
export async function loadShipped(folder: string): Promise<typeof shippedLocks> {
  // In node_modules the loader leaves it alone.
  const file = path.join(folder, "node_modules", "shipped-locks.mjs");
  await build({
    entryPoints: [path.join(import.meta.dirname, "shipped-locks.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "warning",
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- built from that very file a moment ago
  return (await import(pathToFileURL(file).href)) as typeof shippedLocks;
}
