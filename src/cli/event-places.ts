import type { GitRepository } from "../git/repository.ts";
import type { EventPlaces } from "../log/all-inputs.ts";

/** Where the events of a repository are: those of all work trees that are there. */
export function eventPlaces({
  commonDir,
  topLevel,
  worktrees,
}: Pick<GitRepository, "commonDir" | "topLevel" | "worktrees">): EventPlaces {
  const tops = worktrees.filter(({ bare, prunable }) => !bare && !prunable).map(({ path }) => path);
  return { commonDir, workTrees: [...new Set(topLevel === null ? tops : [topLevel, ...tops])] };
}
