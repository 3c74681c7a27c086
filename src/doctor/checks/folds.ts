import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { examineHolder } from "../../lock/file/judge-holder.ts";
import { createProcessTable } from "../../lock/file/process-identity.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** Folds (hooks/fold.sh) whose git was killed: their new log is staged, and the next commit there settles it. */
export function checkFolds({ worktrees }: Subject): readonly Finding[] {
  return worktrees.flatMap((worktree) => {
    const fold = path.join(worktree.gitDir, "got", "fold");
    if (!existsSync(fold) || !isLeft(path.join(fold, "state"))) return [];
    const log = readText(path.join(fold, "log")).trim();
    return [
      finding("fold-left", {
        where: worktree.path,
        observed: `a git that was to commit waiting events${log === "" ? "" : ` as ${log}`} is dead`,
        expected: "a fold ends with its commit, or is taken back",
        command: shellCommand("git", "-C", worktree.path, "commit"),
        repair: null,
      }),
    ];
  });
}

/** The three lines of `state`: pid and start time of git, its boot, how far the fold is. */
function isLeft(state: string): boolean {
  const [process = "", boot = ""] = readText(state).split("\n");
  const [pid = "", start = "-"] = process.split(" ");
  if (!/^\d+$/.test(pid)) return false;
  const processes = createProcessTable();
  const { host, pidns } = processes.identify();
  return examineHolder({ pid: Number(pid), start, boot, host, pidns }, processes).state === "dead";
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
