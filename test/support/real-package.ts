import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { bundleOptions, bundles } from "../../scripts/bundles.mjs";

const root = path.resolve(import.meta.dirname, "..", "..");

/** A package folder with everything that install copies, bundled from the source as it is now. */
export async function createRealPackage(parent: string): Promise<string> {
  const directory = path.join(parent, "package");
  mkdirSync(directory);
  for (const name of ["hooks", "drivers", "package.json"])
    cpSync(path.join(root, name), path.join(directory, name), { recursive: true });
  for (const bundle of bundles) {
    await build({
      ...bundleOptions(bundle),
      absWorkingDir: root,
      outfile: path.join(directory, bundle.outfile),
    });
  }
  return directory;
}
