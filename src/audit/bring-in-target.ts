/**
 * Does on this machine what a server's merge button can't: merges a branch's target into the branch with the drivers,
 * by plain `git merge`, so that what is pushed has nothing left to merge.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { resolveCommit } from "../git/commit-files.ts";
import { GotError } from "../base/errors.ts";
import { mergeBases } from "../git/merge-commits.ts";
import { mergeTrees } from "../git/merge-tree.ts";
import { type GitCall, runGit, tryGit } from "../git/run-git.ts";
import type { Explanation } from "./explain.ts";
import { explainSides, type Sides } from "./explain-commit.ts";

export type BroughtIn =
  /** Nothing was touched. */
  | { readonly kind: "refused"; readonly reason: string; readonly hint: string }
  | { readonly kind: "up-to-date" }
  | { readonly kind: "fast-forward"; readonly commit: string }
  | { readonly kind: "merged"; readonly commit: string; readonly explanation: Explanation }
  /** git has stopped with the conflicts in the index, as it always does. */
  | { readonly kind: "conflict"; readonly files: readonly string[]; readonly explanation: Explanation }
  /** Merged, but something refused the commit (a hook, say); `git merge --abort` goes back. */
  | { readonly kind: "stopped"; readonly reason: string };

export interface BringInOptions {
  /** Git runs at the top of the work tree. */
  readonly call: GitCall;
  readonly gitDir: string;
  /** What git calls the target. */
  readonly target: string;
  /** Only works out what would happen: nothing is touched. */
  readonly dryRun: boolean;
}

export async function bringInTarget(options: BringInOptions): Promise<BroughtIn> {
  const { call, gitDir, target, dryRun } = options;
  const [ours, theirs] = [resolveCommit(call, "HEAD"), resolveCommit(call, target)];
  if (theirs === null) return refused(`there is no ${target}`, "Fetch it, or name another target.");
  if (ours === null) return refused("the branch has no commit yet", "Commit something first.");
  const bases = await mergeBases(call, [ours, theirs]);
  if (bases.includes(theirs)) return { kind: "up-to-date" };
  if (!dryRun) {
    const obstacle = obstacleTo(call, gitDir);
    if (obstacle !== null) return obstacle;
  }
  if (bases.includes(ours)) return fastForward(call, target, theirs, dryRun);
  if (bases.length === 0) {
    const hint = "Where that is meant, merge them once by git merge --allow-unrelated-histories.";
    return refused("it and this branch have unrelated histories", hint);
  }
  const sides = { ours, theirs, bases };
  return dryRun ? foresee(call, sides) : merge(call, gitDir, target, sides);
}

function refused(reason: string, hint: string): BroughtIn {
  return { kind: "refused", reason, hint };
}

const underWay = [
  ["MERGE_HEAD", "a merge"],
  ["CHERRY_PICK_HEAD", "a cherry-pick"],
  ["REVERT_HEAD", "a revert"],
  ["rebase-merge", "a rebase"],
  ["rebase-apply", "a rebase or am"],
] as const;

function obstacleTo(call: GitCall, gitDir: string): BroughtIn | null {
  if (tryGit(call, ["symbolic-ref", "-q", "HEAD"]).status !== 0)
    return refused("HEAD is detached", "Check out the branch that the target goes into.");
  for (const [file, what] of underWay) {
    if (existsSync(path.join(gitDir, file)))
      return refused(`${what} is under way`, "Finish it first, or abort it.");
  }
  const status = runGit(call, ["status", "--porcelain", "-z", "--untracked-files=no"]);
  if (status === "") return null;
  const file = status.split("\0", 1)[0]?.slice(3) ?? "";
  return refused(`there are changes that are not committed, e.g. in ${file}`, "Commit or stash them first.");
}

function fastForward(call: GitCall, target: string, theirs: string, dryRun: boolean): BroughtIn {
  if (!dryRun) {
    const done = tryGit(call, ["merge", "-q", "--ff-only", "--end-of-options", target]);
    if (done.status !== 0) return refused(firstLine(done.stderr), "git has changed nothing.");
  }
  return { kind: "fast-forward", commit: theirs };
}

async function merge(
  call: GitCall,
  gitDir: string,
  target: string,
  sides: Omit<Sides, "result">,
): Promise<BroughtIn> {
  const done = tryGit(call, ["merge", "--no-edit", "--end-of-options", target]);
  if (done.status === 0) {
    const commit = runGit(call, ["rev-parse", "HEAD"]).trim();
    const tree = runGit(call, ["rev-parse", "HEAD^{tree}"]).trim();
    return { kind: "merged", commit, explanation: await explainSides(call, { ...sides, result: tree }, {}) };
  }
  const files = runGit(call, ["diff", "--name-only", "--diff-filter=U", "-z"]).split("\0").filter(Boolean);
  if (files.length > 0) {
    const explanation = await explainSides(call, { ...sides, result: undefined }, {});
    return { kind: "conflict", files, explanation };
  }
  const reason = firstLine(done.stderr) || firstLine(done.stdout) || "git merge failed";
  return existsSync(path.join(gitDir, "MERGE_HEAD"))
    ? { kind: "stopped", reason }
    : refused(reason, "git has changed nothing.");
}

/** Merges in memory: objects are written, no branch, index or file is touched. */
async function foresee(call: GitCall, sides: Omit<Sides, "result">): Promise<BroughtIn> {
  const [answer] = await mergeTrees([sides], { call, environment: {}, config: [], processes: 1 });
  if (answer === undefined) throw new GotError("INTERNAL", "git merge-tree gave no answer");
  if (answer.isClean) {
    const { tree } = answer;
    const explanation = await explainSides(call, { ...sides, result: tree }, {});
    return { kind: "merged", commit: tree, explanation };
  }
  const explanation = await explainSides(call, { ...sides, result: undefined }, {});
  return { kind: "conflict", files: answer.conflicted.map(({ path: file }) => file), explanation };
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
