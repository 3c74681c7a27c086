import { existsSync } from "node:fs";
import { shellCommand } from "../../base/shell-quote.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** Linked worktrees whose directories are gone. */
export function checkWorktrees({ repository }: Subject): readonly Finding[] {
  const git = ["git", "-C", repository.commonDir, "worktree"];
  return repository.worktrees.flatMap(({ path: top, bare, prunable, lockReason }) => {
    if (bare || (existsSync(top) && !prunable)) return [];
    if (lockReason !== null) {
      return [
        finding("worktree-locked-gone", {
          where: top,
          observed: `the directory is gone, but the worktree is locked${lockReason === "" ? "" : ` ("${lockReason}")`}`,
          expected: "the directory, or no such worktree",
          command: `${shellCommand(...git, "unlock", top)} && ${shellCommand(...git, "prune")}`,
          repair: null,
        }),
      ];
    }
    return [
      finding("worktree-gone", {
        where: top,
        observed: "the directory is gone",
        expected: "the directory, or no such worktree (if it was moved: git worktree repair <its new place>)",
        command: shellCommand(...git, "prune"),
        repair: null,
      }),
    ];
  });
}
