import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { bundleOptions, bundles } from "../../scripts/bundles.mjs";
import type { Repository } from "./sandbox.ts";

const source = path.resolve(import.meta.dirname, "..", "..", "hooks");
export const hookNames = [
  "pre-commit",
  "pre-merge-commit",
  "commit-msg",
  "post-commit",
  "post-applypatch",
  "post-merge",
  "post-rewrite",
  "post-checkout",
  "pre-push",
] as const;
export type HookName = (typeof hookNames)[number];

/** The shells that the hooks are written for, as the first line of a script names them. */
export const shells = ["/bin/sh", "/bin/busybox sh", "/bin/bash --posix"].filter((shell) =>
  existsSync(shell.split(" ")[0] ?? ""),
);

/**
 * Puts the hooks and stubs into a repository as `got-hooks install` does, and nothing else, so that a hook test fails for
 * the hooks' own faults only. Logs are merged by git's union driver.
 *
 * @param options.shell what runs the stubs, and by that the hooks.
 * @param options.track whether the work tree gets a `.got/config.json` (not committed); default true.
 * @param options.checkData whether the data check is bundled as well (100 ms).
 */
export function installHooks(
  repository: Repository,
  options: { shell?: string; track?: boolean; checkData?: boolean; config?: unknown } = {},
): void {
  const common = commonDirectory(repository);
  const bin = path.join(common, "got", "bin");
  for (const directory of [bin, path.join(common, "hooks"), path.join(common, "info")]) {
    mkdirSync(directory, { recursive: true });
  }
  for (const name of readdirSync(source)) {
    if (!/\.ts$|^stub$/.test(name)) copyFileSync(path.join(source, name), path.join(bin, name));
  }
  writeFileSync(path.join(bin, "node"), `${process.execPath}\n`);
  const stub = readFileSync(path.join(source, "stub"), "utf8");
  for (const name of hookNames) {
    const file = path.join(common, "hooks", name);
    if (existsSync(file)) {
      copyFileSync(file, `${file}.got-chained`);
      chmodSync(`${file}.got-chained`, 0o755);
    }
    writeFileSync(file, stub.replace("#!/bin/sh", `#!${options.shell ?? "/bin/sh"}`));
    chmodSync(file, 0o755);
  }
  writeFileSync(path.join(common, "info", "attributes"), ".got/events/*.jsonl merge=union\n");
  if (options.checkData === true) {
    const bundle = bundles.find(({ name }) => name === "check-data");
    if (bundle === undefined) throw new Error("scripts/bundles.mjs has no check-data");
    buildSync({
      ...bundleOptions(bundle),
      absWorkingDir: path.dirname(source),
      outfile: path.join(bin, "check-data.cjs"),
    });
  }
  if (options.track !== false) {
    repository.write(".got/config.json", `${JSON.stringify(options.config ?? { version: 1 }, null, 2)}\n`);
  }
}

/** Writes a hook of the user's own, to be chained. */
export function writeUserHook(repository: Repository, name: HookName, body: string): void {
  const file = path.join(commonDirectory(repository), "hooks", `${name}.got-chained`);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

export function commonDirectory(repository: Repository): string {
  return repository.git("rev-parse", "--path-format=absolute", "--git-common-dir").trim();
}

/** An event as the hooks write it. */
export interface HookEvent {
  readonly id: string;
  readonly ts: string;
  readonly session: string;
  readonly agent: string;
  readonly event: string;
  readonly worktree: string;
  readonly branch?: string | null;
  readonly commit?: string;
  readonly kind?: string;
  readonly [key: string]: unknown;
}

/** Events that wait in the spool, in the order of their stamps. */
export function spooledEvents(repository: Repository): HookEvent[] {
  const spool = path.join(commonDirectory(repository), "got", "spool");
  return existsSync(spool) ? readEvents(readdirSync(spool).map((name) => path.join(spool, name))) : [];
}

/** Events in the tracked logs of the work tree. */
export function trackedEvents(repository: Repository): HookEvent[] {
  const logs = path.join(repository.dir, ".got", "events");
  return existsSync(logs) ? readEvents(readdirSync(logs).map((name) => path.join(logs, name))) : [];
}

/** Every event, wherever it is; more than once when it is in more than one place. */
export function allEvents(repository: Repository): HookEvent[] {
  return [...spooledEvents(repository), ...trackedEvents(repository)].sort(byStamp);
}

function readEvents(files: readonly string[]): HookEvent[] {
  return files
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    )
    .map((line): HookEvent => JSON.parse(line))
    .sort(byStamp);
}

function byStamp(a: HookEvent, b: HookEvent): number {
  return a.ts === b.ts ? (a.id < b.id ? -1 : 1) : a.ts < b.ts ? -1 : 1;
}
