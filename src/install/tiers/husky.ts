import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
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

/**
 * A line in each script (they are for the user to commit, so that every worktree and clone has them); and husky's own
 * directory in linked worktrees where husky has not run: it is not tracked, so git would find no hook there at all.
 */
export function huskyWishes(directory: string, input: TierInput): readonly Wish[] {
  const lines = input.payload.hookNames.map((name): Wish => {
    return {
      kind: "first-line",
      path: path.join(directory, name),
      mode: input.place.modes.file,
      line: doorLine("sh", name),
    };
  });
  return [...lines, ...gifts(input)];
}

function gifts(input: TierInput): readonly Wish[] {
  const { hooks, worktrees } = input.repository;
  const { configured } = hooks;
  if (configured === null || !hooks.perWorktree) return [];
  const places = worktrees
    .filter((worktree) => !worktree.bare && !worktree.prunable)
    .map((worktree) => path.join(worktree.path, configured));
  const from = places.find((place) => existsSync(path.join(place, "h")));
  if (from === undefined) return [];
  const missing = places.filter((place) => !existsSync(place) && existsSync(path.dirname(place)));
  return missing.flatMap((place) =>
    readdirSync(from).flatMap((name): readonly Wish[] => {
      const entry = input.view.read(path.join(from, name));
      return entry.kind === "file"
        ? [{ kind: "gift", path: path.join(place, name), mode: entry.mode, content: entry.content }]
        : [];
    }),
  );
}

function hasScripts(directory: string): boolean {
  return existsSync(path.join(directory, "pre-commit")) || existsSync(path.join(directory, "pre-push"));
}
