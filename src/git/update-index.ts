import { existsSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { type ByteName, bytesOfName, zeroEndedNames } from "./byte-name.ts";
import type { UnmergedPath } from "./index-stages.ts";
import { type GitCall, runGit, tryGit } from "./run-git.ts";

/** What becomes of one path of the index; all its stages in conflict go. */
export type IndexChange =
  | { readonly kind: "set"; readonly name: ByteName; readonly mode: string; readonly oid: string }
  /** `oid` is any of its stages': git wants one of the right length. */
  | { readonly kind: "remove"; readonly name: ByteName; readonly oid: string }
  /** In conflict again, with these versions. */
  | { readonly kind: "conflict"; readonly file: UnmergedPath };

/** Writes bytes as a blob, as they are. @returns its id. */
export function writeBlob(call: GitCall, bytes: Uint8Array): string {
  return runGit({ ...call, input: bytes }, ["hash-object", "-w", "--stdin"]).trim();
}

/**
 * Changes the index in one step: all of it or nothing.
 *
 * @throws GotError LOCK_UNAVAILABLE while another git process holds the index; GIT_FAILED.
 */
export function changeIndex(call: GitCall, gitDir: string, changes: readonly IndexChange[]): void {
  if (changes.length === 0) return;
  const lines = changes.flatMap(linesOf);
  refuseLockedIndex(gitDir);
  const done = tryGit({ ...call, input: Buffer.concat(lines) }, ["update-index", "-z", "--index-info"]);
  if (done.status !== 0) {
    refuseLockedIndex(gitDir);
    throw new GotError("GIT_FAILED", `git update-index failed with status ${done.status}`, {
      facts: { stderr: done.stderr.trim() },
    });
  }
  // Only the times of files that are as the index has them; it changes no content, and may do without.
  tryGit(call, ["update-index", "-q", "--unmerged", "--refresh"]);
}

/** Lines for `git update-index --index-info`. */
function linesOf(change: IndexChange): readonly Buffer[] {
  const line = (name: ByteName, head: string): Buffer =>
    Buffer.concat([Buffer.from(`${head}\t`), bytesOfName(name), Buffer.from("\0")]);
  switch (change.kind) {
    case "set":
      return [line(change.name, `${change.mode} ${change.oid} 0`)];
    case "remove":
      return [line(change.name, `0 ${change.oid} 0`)];
    case "conflict": {
      const { name, base, ours, theirs } = change.file;
      const stages = [base, ours, theirs].flatMap((entry, index) =>
        entry === undefined ? [] : [{ ...entry, stage: index + 1 }],
      );
      const [any] = stages;
      // Staged again it would take the place of one stage only.
      const cleared = any === undefined ? [] : [line(name, `0 ${any.oid} 0`)];
      return [...cleared, ...stages.map(({ mode, oid, stage }) => line(name, `${mode} ${oid} ${stage}`))];
    }
  }
}

/** Stages files as they stand in the work tree, as `git add` does. @throws GotError as `changeIndex`. */
export function stageFiles(call: GitCall, gitDir: string, names: readonly ByteName[]): void {
  if (names.length === 0) return;
  refuseLockedIndex(gitDir);
  const input = zeroEndedNames(names);
  const done = tryGit({ ...call, input }, ["update-index", "--add", "-z", "--stdin"]);
  if (done.status === 0) return;
  refuseLockedIndex(gitDir);
  throw new GotError("GIT_FAILED", `git update-index failed with status ${done.status}`, {
    facts: { stderr: done.stderr.trim() },
  });
}

/** @throws GotError LOCK_UNAVAILABLE */
export function refuseLockedIndex(gitDir: string): void {
  const lock = path.join(gitDir, "index.lock");
  if (!existsSync(lock)) return;
  throw new GotError("LOCK_UNAVAILABLE", `Another git process is using the index: ${lock} is there`, {
    facts: { file: lock },
    hint: "Wait for it to end and run the command again; if no git is running, remove that file.",
  });
}
