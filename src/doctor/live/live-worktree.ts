import { readdirSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { type GitRepository, gotDirectory } from "../../git/repository.ts";
import { tryGit } from "../../git/run-git.ts";
import { spoolDirectory } from "../../log/spool.ts";

/** Where a live proof takes place: `<parent>/<name>`. */
export interface LiveWorktree {
  /** The temporary directory that was made for it. */
  readonly parent: string;
  readonly name: string;
}

/** What the worktree of a live proof is called; a name that is free of everything that would be encoded anywhere. */
export function liveName(pid: number, random: string): string {
  return `got-live-${pid}-${random}`;
}

/** What the names of the directories that are made for live proofs begin with. */
export const liveParentPrefix = "got-hooks-live-";

/**
 * The process that makes, or made, a live proof in a worktree; null for any other worktree, also one that is called alike and stands
 * somewhere else: what is recognised here is removed.
 */
export function liveMaker(directory: string): number | null {
  const found = /^got-live-(\d+)-[0-9a-f]{8}$/.exec(path.basename(directory));
  const parent = path.basename(path.dirname(directory));
  const isOwn = parent.startsWith(liveParentPrefix) && parent.length === liveParentPrefix.length + 6;
  return found === null || !isOwn ? null : Number(found[1]);
}

/**
 * Removes everything of a live proof. Its events go first: once the worktree is gone, the next commit anywhere would take them
 * for those of a worktree that somebody has removed, and keep them for ever. What else stands beside the worktree is nobody's of ours and
 * stays.
 */
export function removeLiveWorktree(repository: GitRepository, { parent, name }: LiveWorktree): void {
  const locks = path.join(gotDirectory(repository), "locks");
  const leftovers = [
    ...namesIn(spoolDirectory(repository.commonDir))
      .filter((file) => file.startsWith(`${name}.`))
      .map((file) => path.join(spoolDirectory(repository.commonDir), file)),
    ...["fold", "store"].map((resource) => path.join(locks, `${resource}.${name}`)),
  ];
  for (const file of leftovers) rmSync(file, { recursive: true, force: true });
  const call = { cwd: repository.commonDir, env: repository.env };
  // Twice: also when somebody has locked it.
  tryGit(call, ["worktree", "remove", "--force", "--force", "--", path.join(parent, name)]);
  rmSync(path.join(parent, name), { recursive: true, force: true, maxRetries: 3 });
  try {
    rmdirSync(parent);
  } catch {
    // It is gone, or holds what is not ours.
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
