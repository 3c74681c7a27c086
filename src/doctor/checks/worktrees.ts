import { existsSync } from "node:fs";
import { shellCommand } from "../../base/shell-quote.ts";
import { createProcessTable } from "../../lock/file/process-identity.ts";
import { finding, type Finding } from "../finding.ts";
import { liveMaker } from "../live/live-worktree.ts";
import type { Subject } from "../subject.ts";

/** Linked worktrees whose directories are gone. */
export function checkWorktrees({ repository }: Subject): readonly Finding[] {
  const processes = createProcessTable();
  const git = ["git", "-C", repository.commonDir, "worktree"];
  return repository.worktrees.flatMap(({ path: top, bare, prunable, lockReason }, index) => {
    // The first is the main one, which no proof has made.
    const maker = index === 0 ? null : liveMaker(top);
    if (maker !== null && processes.look(maker).kind === "gone") {
      return [
        finding("live-proof-left", {
          where: top,
          observed: `got-hooks doctor --live (process ${maker}) made this worktree and is gone`,
          expected: "a live proof leaves nothing",
          command: shellCommand(...git, "remove", "--force", "--", top),
          repair: { kind: "live-worktree", directory: top },
        }),
      ];
    }
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
