import { linkSync, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { MergeIds } from "../merge-call.ts";
import { blobId, makeFolder, type Memo, type MemoKey, type MemoResult, type StoredResult } from "./memo.ts";

/**
 * Results that one git process is about to ask for, where the shim finds them by process and path. One `git hash-object`
 * then tells at once that the inputs are the foreseen ones, that the seal is ours and that the content is whole, and one
 * rename delivers it: half the time of a hit by inputs.
 *
 *     <common-dir>/got/memo/for.<git-pid>/<path>/<step>.<status>.<inputs>.<result>.<seal>
 *
 * - `<step>`: 0000 for what git does now, then counted up, so that the next one comes first.
 * - `<inputs>`: the first 20 hex digits of the ids of base, ours, theirs and config.
 * - `<seal>`: blob id of a text with the install's secret, build and everything that the result depends on.
 *
 * The file is a second link to the memo's own entry, and is used up. A process id that comes again does no harm: inputs
 * and seal would have to be the same, and then the result is.
 */
export interface Foreseen {
  readonly directory: string;
  readonly memo: Memo;
}

/**
 * Makes room for what a git process will ask for, in place of what was foreseen before. Null when its work tree is on
 * another file system: there a rename would be a copy that can be cut short.
 *
 * @param workTree the folder in which git keeps the drivers' files.
 */
export function openForeseen(memo: Memo, gitProcess: string, workTree: string): Foreseen | null {
  if (!/^[0-9]{1,20}$/.test(gitProcess)) return null;
  const directory = path.join(memo.directory, `for.${gitProcess}`);
  try {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    return statSync(directory).dev === statSync(workTree).dev ? { directory, memo } : null;
  } catch {
    return null;
  }
}

/** Puts a stored result where the shim looks first. Failures are silent: the memo itself still has it. */
export function foresee(
  foreseen: Foreseen,
  entry: {
    readonly step: number;
    readonly key: MemoKey;
    readonly ids: MergeIds;
    readonly stored: StoredResult;
  } & MemoResult,
): void {
  const { memo, directory } = foreseen;
  const { step, key, ids, stored, status, labels } = entry;
  const inputs = [ids.base, ids.ours, ids.theirs, ids.config].map((id) => id.slice(0, 20)).join("");
  const lines = [
    "got-merge foreseen 1",
    memo.secret,
    memo.build,
    key.kind,
    key.markerSize,
    `${status} ${inputs} ${stored.resultId}`,
    ...(status === 0 ? [""] : [labels.base, labels.ours, labels.theirs]),
    key.path,
    "",
  ];
  const seal = blobId(memo, [Buffer.from(lines.join("\n"))]);
  const folder = path.join(directory, key.path);
  try {
    makeFolder(folder);
    linkSync(
      stored.file,
      path.join(folder, `${String(step).padStart(4, "0")}.${status}.${inputs}.${stored.resultId}.${seal}`),
    );
  } catch {
    // A path too long, a file system without links.
  }
}
