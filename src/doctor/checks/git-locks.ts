import { type Dirent, existsSync, lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { storeResource } from "../../store/store-lock.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { finding, type Finding } from "../finding.ts";
import { type GitLock, type GitLockState, judgeGitLock } from "../git-lock.ts";
import type { Subject } from "../subject.ts";

/** Lock files in a worktree's own git directory, and in the one that all share. */
const worktreeLocks = [
  "index.lock",
  "HEAD.lock",
  "ORIG_HEAD.lock",
  "MERGE_HEAD.lock",
  "config.worktree.lock",
];
const commonLocks = ["config.lock", "packed-refs.lock", "shallow.lock", "objects/info/commit-graph.lock"];

/** Lock files of git's that a git which was killed has left: every later git gives up at them. */
export function checkGitLocks(subject: Subject): readonly Finding[] {
  const nowMs = subject.options.now().getTime();
  return lockFiles(subject).flatMap((lock) => {
    const state = judgeGitLock(lock, nowMs);
    return state.kind === "in-use" ? [] : [leftBehind(lock, state)];
  });
}

function lockFiles({ repository, worktrees }: Subject): readonly GitLock[] {
  const { commonDir } = repository;
  const directories = [commonDir, ...repository.worktrees.map(({ path: top }) => top)];
  const lock = (file: string, resource: string | null): GitLock => ({
    file,
    directories,
    commonDir,
    storeResource: resource,
  });
  // A bare main repository has no worktree of its own in the list.
  const gitDirs = new Set([commonDir, ...worktrees.map(({ gitDir }) => gitDir)]);
  const own = [...gitDirs].flatMap((gitDir) =>
    worktreeLocks.map((name) =>
      lock(path.join(gitDir, name), name === "index.lock" ? storeResource({ gitDir, commonDir }) : null),
    ),
  );
  const common = [...commonLocks.map((name) => path.join(commonDir, name)), ...refLocks(commonDir)];
  return [...own, ...common.map((file) => lock(file, null))].filter(({ file }) => existsSync(file));
}

/**
 * No reference's name ends in `.lock`. Symbolic links are not followed: a file that is called so out there (`poetry.lock`) is none of
 * git's.
 */
function refLocks(commonDir: string): readonly string[] {
  const refs = path.join(commonDir, "refs");
  const waiting = lstatSync(refs, { throwIfNoEntry: false })?.isDirectory() === true ? [refs] : [];
  const found: string[] = [];
  let looked = 0;
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    for (const entry of entriesOf(directory)) {
      if (looked++ >= doctorLimits.refFiles) return found;
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) waiting.push(file);
      else if (entry.isFile() && entry.name.endsWith(".lock")) found.push(file);
    }
  }
  return found;
}

function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    // A git has removed it meanwhile.
    return [];
  }
}

function leftBehind(lock: GitLock, state: Exclude<GitLockState, { kind: "in-use" }>): Finding {
  const minutes = Math.floor(state.ageMs / 60_000);
  const isLeft = state.kind === "left";
  const observed = !isLeft
    ? `it is ${minutes} min old; this system does not tell whether a git is at work here`
    : state.ours
      ? "the entity store made it, and nobody holds the store's lock: its maker was killed"
      : `it is ${minutes} min old, no process of this machine has it open, and no git is at work in this repository (other machines, other containers and programs with a git of their own can't be seen)`;
  return finding("git-lock-left", {
    where: lock.file,
    observed,
    expected: "no lock file when no git is at work",
    command: shellCommand("rm", "--", lock.file),
    repair: isLeft ? { kind: "git-lock", lock } : null,
  });
}
