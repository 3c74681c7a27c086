import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { bundleOptions, bundles } from "../../scripts/bundles.mjs";
import { driverCommand } from "../../src/install/driver-command.ts";
import { driverKinds } from "../../src/model/policy.ts";
import type { Repository } from "./sandbox.ts";

const root = path.resolve(import.meta.dirname, "..", "..");
let built: string | undefined;

/** Bundles the drivers as the build does, once per test process; the folder is removed when it ends. */
export function builtDrivers(): string {
  if (built !== undefined) return built;
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-drivers-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const bundle of bundles.filter(({ entry }) => entry.startsWith("drivers/"))) {
    const outfile = path.join(folder, path.basename(bundle.outfile));
    buildSync({ ...bundleOptions(bundle), absWorkingDir: root, outfile });
  }
  return (built = folder);
}

/** The attribute lines that the tests use: more than install writes, so that folders and odd names are covered. */
export const driverAttributes = [
  "*.json merge=got-entity",
  "*.jsonl merge=got-log",
  "*.table merge=got-table",
  "*.json.gz merge=got-snapshot",
  "",
].join("\n");

export interface InstalledDrivers {
  /** `<git-common-dir>/got`. */
  readonly got: string;
  readonly bin: string;
  readonly memo: string;
  /** How often a driver has started Node since the last call of this. */
  readonly nodeStarts: () => number;
}

/**
 * Puts shim, bundles, attributes and configuration into a repository as `got-hooks install` does, and nothing else.
 * Node is started through a wrapper that counts.
 */
export function installDrivers(repository: Repository, options: { memo?: boolean } = {}): InstalledDrivers {
  const common = repository.git("rev-parse", "--path-format=absolute", "--git-common-dir").trim();
  const got = path.join(common, "got");
  const bin = path.join(got, "bin");
  const starts = path.join(got, "node-starts");
  for (const folder of [bin, path.join(common, "info")]) mkdirSync(folder, { recursive: true });
  cpSync(builtDrivers(), bin, { recursive: true });
  cpSync(path.join(root, "drivers", "got-merge.sh"), path.join(bin, "got-merge"));
  writeFileSync(path.join(bin, "build"), `${"b".repeat(64)}\n`);
  const node = path.join(bin, "counted-node");
  writeFileSync(node, `#!/bin/sh\necho x >>"\${0%/bin/*}/node-starts"\nexec '${process.execPath}' "$@"\n`);
  chmodSync(node, 0o755);
  writeFileSync(path.join(bin, "node"), `${node}\n`);
  if (options.memo !== false) writeFileSync(path.join(got, "memo.key"), `${"5e".repeat(32)}\n`);
  writeFileSync(path.join(common, "info", "attributes"), driverAttributes);
  for (const kind of driverKinds) {
    const command = driverCommand({ kind, shimPath: path.join(bin, "got-merge") });
    repository.git("config", `merge.got-${kind}.driver`, command);
  }
  const nodeStarts = (): number => {
    const count = existsSync(starts) ? readFileSync(starts, "utf8").length / 2 : 0;
    rmSync(starts, { force: true });
    return count;
  };
  return { got, bin, memo: path.join(got, "memo"), nodeStarts };
}
