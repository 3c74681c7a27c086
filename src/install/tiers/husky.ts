import path from "node:path";
import { existsSync } from "node:fs";
import type { Worktree } from "../../git/worktrees.ts";
import { doorLine } from "../door-line.ts";
import type { Wish } from "../wish.ts";
import type { TierInput } from "./tier-input.ts";

/**
 * husky points core.hooksPath at `<dir>/_`, whose scripts run `<dir>/<hook>` with `sh -e` where that exists.
 * Its own door is that script: running husky again writes `_` anew and never touches it.
 */
export function huskyDirectory(input: Pick<TierInput, "repository">): string | null {
  const { repository } = input;
  const { configured, directory } = repository.hooks;
  if (repository.topLevel === null) return null;
  if (configured === null) {
    const prepared = path.join(repository.topLevel, ".husky");
    return existsSync(path.join(prepared, "_", "h")) || hasScripts(prepared) ? prepared : null;
  }
  if (path.basename(directory) !== "_") return null;
  // In a new linked worktree the directory is not there yet; its name, beside the scripts, is enough.
  const parent = path.dirname(directory);
  return existsSync(path.join(directory, "h")) || path.basename(parent) === ".husky" ? parent : null;
}

/** A line in each script; the scripts are for the user to commit, so that every worktree and clone has them. */
export function huskyWishes(directory: string, input: TierInput): readonly Wish[] {
  return input.payload.hookNames.map((name) => ({
    kind: "first-line",
    path: path.join(directory, name),
    mode: input.place.modes.file,
    line: doorLine("sh", name),
  }));
}

/**
 * Linked worktrees where husky has not run: its directory is not tracked, so git finds no hook there at all.
 *
 * @returns the directory to copy, and where it is missing; null when nothing is.
 */
export function missingHuskyDirectories(input: {
  readonly configured: string | null;
  readonly worktrees: readonly Worktree[];
}): { readonly from: string; readonly to: readonly string[] } | null {
  const { configured } = input;
  if (configured === null || path.isAbsolute(configured)) return null;
  const places = input.worktrees
    .filter((worktree) => !worktree.bare && !worktree.prunable)
    .map((worktree) => path.join(worktree.path, configured));
  const from = places.find((place) => existsSync(path.join(place, "h")));
  const to = places.filter((place) => !existsSync(place) && existsSync(path.dirname(place)));
  return from === undefined || to.length === 0 ? null : { from, to };
}

function hasScripts(directory: string): boolean {
  return existsSync(path.join(directory, "pre-commit")) || existsSync(path.join(directory, "pre-push"));
}
