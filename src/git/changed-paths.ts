import type { ByteName } from "./byte-name.ts";
import { type GitCall, runGitBytes } from "./run-git.ts";

/** What one commit changed against another, without looking for renames. */
export interface ChangedPaths {
  /** With git's letter for what happened: `A` added, `M` changed, `D` removed, `T` made a symlink or the like. */
  readonly changed: ReadonlyMap<ByteName, string>;
  /** Whether files were added and removed: without both in two commits there is no rename to detect between them. */
  readonly adds: boolean;
  readonly removes: boolean;
}

/**
 * Compares many pairs of commits in one process.
 *
 * @throws GotError GIT_FAILED.
 */
export function changedPaths(
  call: GitCall,
  pairs: readonly { readonly from: string; readonly to: string }[],
): readonly ChangedPaths[] {
  if (pairs.length === 0) return [];
  // Trees, for which a line with both ids comes back before each answer.
  const input = pairs.map(({ from, to }) => `${from} ${to}\n`).join("");
  const answer = runGitBytes({ ...call, input }, [
    "diff-tree",
    "-r",
    "-z",
    "--no-renames",
    "--stdin",
  ]).toString("latin1");
  const found: { changed: Map<ByteName, string>; adds: boolean; removes: boolean }[] = [];
  const header = /[0-9a-f]{40,64} [0-9a-f]{40,64}\n/y;
  const record = /:[0-7]+ [0-7]+ [0-9a-f]+ [0-9a-f]+ ([A-Z])[0-9]*\0([^\0]+)\0/y;
  for (let at = 0; at < answer.length;) {
    header.lastIndex = record.lastIndex = at;
    const line = header.exec(answer)?.[0];
    if (line !== undefined) {
      found.push({ changed: new Map(), adds: false, removes: false });
      at += line.length;
      continue;
    }
    const [all = "", status = "", name = ""] = record.exec(answer) ?? [];
    const current = found.at(-1);
    if (all === "" || current === undefined) break;
    current.changed.set(name, status);
    current.adds ||= status === "A";
    current.removes ||= status === "D";
    at += all.length;
  }
  return found;
}
