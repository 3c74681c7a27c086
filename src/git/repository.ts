import path from "node:path";
import { GotError } from "../base/errors.ts";
import type { Environment } from "./git-environment.ts";
import { hooksPathOf, type HooksPath } from "./hooks-path.ts";
import { type GitCall, runGit, tryGit } from "./run-git.ts";
import { listWorktrees, type Worktree } from "./worktrees.ts";

/** A repository as seen from one directory: absolute paths, asked from git once. */
export interface GitRepository {
  /** Top of the work tree that the directory stands in; null in a bare repository and inside a git directory. */
  readonly topLevel: string | null;
  /** This worktree's own git directory. */
  readonly gitDir: string;
  /** What all linked worktrees share. */
  readonly commonDir: string;
  readonly bare: boolean;
  readonly hooks: HooksPath;
  /** Main worktree first. */
  readonly worktrees: readonly Worktree[];
  readonly env: Environment;
}

/**
 * Finds the repository that `cwd` belongs to: a work tree or a folder in it, a linked worktree, a submodule, a bare
 * repository. `GIT_DIR` and its like in `env` are ignored: the directory decides.
 *
 * @throws GotError NOT_A_REPOSITORY outside of one; GIT_FAILED when git refuses (e.g. a directory of another owner).
 */
export function openRepository(cwd: string, env: Environment): GitRepository {
  const call = { cwd, env };
  const asked = tryGit(call, ["rev-parse", "--path-format=absolute", "--git-dir"]);
  if (asked.status !== 0) throw refusal(cwd, asked.stderr);
  // One question a call: a path may have a newline in it.
  const gitDir = dropNewline(asked.stdout);
  const commonDir = dropNewline(runGit(call, ["rev-parse", "--path-format=absolute", "--git-common-dir"]));
  const bare = runGit(call, ["rev-parse", "--is-bare-repository"]).trim() === "true";
  const inWorkTree = runGit(call, ["rev-parse", "--is-inside-work-tree"]).trim() === "true";
  const topLevel = inWorkTree
    ? dropNewline(runGit(call, ["rev-parse", "--path-format=absolute", "--show-toplevel"]))
    : null;
  const base = topLevel ?? gitDir;
  return {
    topLevel,
    gitDir,
    commonDir,
    bare,
    hooks: hooksPathOf({ cwd: base, env }, commonDir),
    worktrees: listWorktrees({ cwd: base, env }),
    env,
  };
}

/** The git directory of the work tree that `call.cwd` stands in; absolute. */
export function gitDirectory(call: GitCall): string {
  return dropNewline(runGit(call, ["rev-parse", "--path-format=absolute", "--git-dir"]));
}

/** The directory in which git commands about the whole repository run. */
export function repositoryBase(repository: GitRepository): string {
  return repository.topLevel ?? repository.gitDir;
}

/** How to name the repository to a person: its work tree, else its git directory. */
export function repositoryName(repository: GitRepository): string {
  return (
    repository.topLevel ??
    (repository.bare ? undefined : repository.worktrees[0]?.path) ??
    repository.commonDir
  );
}

/** Where everything of got-hooks that is not tracked lives. */
export function gotDirectory(repository: Pick<GitRepository, "commonDir">): string {
  return path.join(repository.commonDir, "got");
}

function refusal(cwd: string, stderr: string): GotError {
  const said = stderr.trim();
  if (/not a git repository/i.test(said)) {
    return new GotError("NOT_A_REPOSITORY", `${cwd} is not in a git repository`, {
      facts: { cwd },
      hint: "Change into a repository, or name one with -C <dir>.",
    });
  }
  return new GotError("GIT_FAILED", `git refuses to work in ${cwd}: ${said.split("\n")[0] ?? ""}`, {
    facts: { cwd, stderr: said },
  });
}

function dropNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
