import { runGit, type GitCall } from "./run-git.ts";

/** One line of `git worktree list`. */
export interface Worktree {
  readonly path: string;
  /** True for a bare main repository: nothing is checked out there. */
  readonly bare: boolean;
  /** True when its directory is gone; `git worktree prune` would forget it. */
  readonly prunable: boolean;
  /** Why `git worktree lock` was called (may be empty); null when it was not. A locked one is never prunable. */
  readonly lockReason: string | null;
}

/** Lists the worktrees of a repository, the main one first. */
export function listWorktrees(call: GitCall): readonly Worktree[] {
  const records = runGit(call, ["worktree", "list", "--porcelain", "-z"]).split("\0\0");
  return records.flatMap((record) => {
    const lines = record.split("\0");
    const first = lines[0] ?? "";
    if (!first.startsWith("worktree ")) return [];
    return [
      {
        path: first.slice("worktree ".length),
        bare: lines.includes("bare"),
        lockReason: lockReasonOf(lines),
        prunable: lines.some((line) => line === "prunable" || line.startsWith("prunable ")),
      },
    ];
  });
}

function lockReasonOf(lines: readonly string[]): string | null {
  const line = lines.find((one) => one === "locked" || one.startsWith("locked "));
  return line === undefined ? null : line.slice("locked ".length);
}
