import { existsSync } from "node:fs";
import path from "node:path";
import { type GitCall, tryGit } from "./run-git.ts";

export type CommitGotOutcome =
  | { readonly kind: "committed"; readonly commit: string; readonly branch: string }
  /** There is nothing new below `.got`. */
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly reason: string };

export interface CommitGotOptions {
  /** Git runs at the top of the work tree. */
  readonly call: GitCall;
  readonly gitDir: string;
  readonly message: string;
}

/** Branches that are never committed to on somebody's behalf, unless `got.protectedBranch` names others. */
const protectedByDefault = ["main", "master"];
const underWay = [
  ["MERGE_HEAD", "a merge"],
  ["CHERRY_PICK_HEAD", "a cherry-pick"],
  ["REVERT_HEAD", "a revert"],
  ["rebase-merge", "a rebase"],
  ["rebase-apply", "a rebase or am"],
  ["sequencer", "a sequence of picks"],
  ["BISECT_LOG", "a bisect"],
] as const;

/**
 * Commits `.got/` and nothing else, with the user's hooks, on the branch that is checked out. Never with anything staged, never
 * on a protected branch or a detached HEAD, never while a merge, rebase, cherry-pick, revert or bisect is under way; never pushes.
 * What git refuses leaves index and work tree as they were.
 */
export function commitGot(options: CommitGotOptions): CommitGotOutcome {
  const { call, gitDir } = options;
  const git = (...args: string[]): ReturnType<typeof tryGit> => tryGit(call, args);
  const head = git("symbolic-ref", "-q", "--short", "HEAD");
  if (head.status !== 0) return refused("HEAD is detached");
  const branch = head.stdout.trim();
  if (protectedBranches(call).includes(branch)) return refused(`the branch ${branch} is protected`);
  for (const [file, what] of underWay) {
    if (existsSync(path.join(gitDir, file))) return refused(`${what} is under way`);
  }
  if (git("status", "--porcelain", "--untracked-files=all", "--", ".got").stdout === "")
    return { kind: "nothing" };
  if (git("diff", "--cached", "--quiet").status !== 0) return refused("something is staged");
  const added = git("add", "--", ".got");
  if (added.status !== 0) return refused(firstLine(added.stderr));
  // With paths: what somebody stages at this moment is not ours to commit.
  const committed = git("commit", "-q", "-m", options.message, "--", ".got");
  if (committed.status !== 0) {
    git("reset", "-q", "--", ".got");
    return refused(firstLine(committed.stderr) || "git commit failed");
  }
  return { kind: "committed", commit: git("rev-parse", "HEAD").stdout.trim(), branch };
}

function protectedBranches(call: GitCall): readonly string[] {
  const configured = tryGit(call, ["config", "-z", "--get-all", "got.protectedBranch"]);
  return configured.status === 0 ? configured.stdout.split("\0").filter(Boolean) : protectedByDefault;
}

function refused(reason: string): CommitGotOutcome {
  return { kind: "refused", reason };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
