import { type GitCall, tryGit } from "./run-git.ts";

/**
 * When a path was last changed in a commit's history, by the author's clock, which a rebase keeps; in seconds since 1970.
 *
 * @returns null where no commit changed it, or git can't say.
 */
export function lastTouchSeconds(call: GitCall, commit: string, path: string): number | null {
  const asked = tryGit(call, ["log", "-1", "--format=%at", commit, "--", `:(top,literal)${path}`]);
  const seconds = Number(asked.stdout.trim() || Number.NaN);
  return asked.status === 0 && Number.isInteger(seconds) ? seconds : null;
}
