import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type GitCall, tryGit } from "./run-git.ts";

/** What has left the conflicts in an index; `none` for a stash that was popped, `checkout -m`, `apply -3`. */
export type Operation = "merge" | "rebase" | "cherry-pick" | "revert" | "am" | "none";

/** Whose version a stage of the index holds. */
export interface MergeSide {
  /** The branch by which people know it; null when it has none. */
  readonly branch: string | null;
  readonly commit: string | null;
  readonly subject: string | null;
  readonly role: SideRole;
}

export type SideRole =
  | "current branch"
  | "merged branch"
  | "new base of the rebase"
  | "commit being rebased"
  | "commit being picked"
  | "state before the reverted commit"
  | "patch being applied"
  | "stash or patch";

export interface MergeSides {
  readonly operation: Operation;
  /** Stage 2, what git calls ours: always where HEAD stands. In a rebase that is not one's own branch. */
  readonly ours: MergeSide;
  /** Stage 3. */
  readonly theirs: MergeSide;
  /** The commit whose difference to `theirs` is being applied; null for a merge, whose base may be virtual. */
  readonly base: string | null;
}

/** Finds out what is under way and whose the two sides are. @param call git runs in the work tree. */
export function mergeSides(call: GitCall, gitDir: string): MergeSides {
  const head = commitOf(call, "HEAD");
  const branch = tryGit(call, ["symbolic-ref", "-q", "--short", "HEAD"]).stdout.trim() || null;
  const rebase = rebaseState(gitDir);
  const current: Owner =
    rebase === null
      ? { branch, commit: head, role: "current branch" }
      : { branch: branchAt(call, rebase.onto, rebase.branch), commit: head, role: "new base of the rebase" };
  const at = (name: string): string | null =>
    existsSync(path.join(gitDir, name)) ? commitOf(call, name) : null;
  const sides = (operation: Operation, theirs: Owner, base: string | null = null): MergeSides => ({
    operation,
    ours: { ...current, subject: subjectOf(call, current.commit) },
    theirs: { ...theirs, subject: subjectOf(call, theirs.commit) },
    base,
  });

  const merged = at("MERGE_HEAD");
  if (merged !== null) {
    const named = mergedBranch(gitDir);
    return sides("merge", {
      branch: branchAt(call, merged, branch, named),
      commit: merged,
      role: "merged branch",
    });
  }
  const rebased = at("REBASE_HEAD");
  const picked = at("CHERRY_PICK_HEAD");
  if (picked !== null && (rebase === null || picked !== rebased)) {
    const owner = { branch: branchAt(call, picked, branch), commit: picked } as const;
    return sides("cherry-pick", { ...owner, role: "commit being picked" }, commitOf(call, `${picked}^`));
  }
  const reverted = at("REVERT_HEAD");
  if (reverted !== null) {
    const before = commitOf(call, `${reverted}^`);
    return sides(
      "revert",
      { branch: null, commit: before, role: "state before the reverted commit" },
      reverted,
    );
  }
  if (rebase !== null && !rebase.isAm) {
    const base = rebased === null ? null : commitOf(call, `${rebased}^`);
    return sides("rebase", { branch: rebase.branch, commit: rebased, role: "commit being rebased" }, base);
  }
  if (rebase !== null) return sides("am", { branch: null, commit: null, role: "patch being applied" });
  return sides("none", { branch: null, commit: null, role: "stash or patch" });
}

type Owner = Omit<MergeSide, "subject">;

interface RebaseState {
  readonly branch: string | null;
  readonly onto: string | null;
  readonly isAm: boolean;
}

function rebaseState(gitDir: string): RebaseState | null {
  for (const name of ["rebase-merge", "rebase-apply"]) {
    const folder = path.join(gitDir, name);
    if (!existsSync(folder)) continue;
    const branch = firstLine(path.join(folder, "head-name"));
    return {
      branch: branch?.startsWith("refs/heads/") === true ? branch.slice("refs/heads/".length) : null,
      onto: firstLine(path.join(folder, "onto")),
      isAm: existsSync(path.join(folder, "applying")),
    };
  }
  return null;
}

/** What git has written into the message of the merge: `Merge branch 'topic' into main`. */
function mergedBranch(gitDir: string): string | null {
  const message = firstLine(path.join(gitDir, "MERGE_MSG")) ?? "";
  return /^Merge (?:remote-tracking )?branch '([^']+)'/.exec(message)?.[1] ?? null;
}

/** A branch that stands at the commit: the one that is expected, else the first; never `not`. */
function branchAt(
  call: GitCall,
  commit: string | null,
  not: string | null,
  expected: string | null = null,
): string | null {
  if (commit === null) return null;
  const args = [
    "for-each-ref",
    `--points-at=${commit}`,
    "--format=%(refname:short)",
    "refs/heads",
    "refs/remotes",
  ];
  const names = tryGit(call, args)
    .stdout.split("\n")
    .filter((name) => name !== "" && name !== not);
  return names.find((name) => name === expected) ?? names[0] ?? null;
}

function commitOf(call: GitCall, name: string): string | null {
  const asked = tryGit(call, ["rev-parse", "-q", "--verify", "--end-of-options", `${name}^{commit}`]);
  return asked.status === 0 ? asked.stdout.trim() : null;
}

function subjectOf(call: GitCall, commit: string | null): string | null {
  if (commit === null) return null;
  const asked = tryGit(call, ["log", "-1", "--format=%s", commit]);
  return asked.status === 0 ? asked.stdout.trim() : null;
}

function firstLine(file: string): string | null {
  try {
    return readFileSync(file, "utf8").split("\n", 1)[0] ?? null;
  } catch {
    return null;
  }
}
