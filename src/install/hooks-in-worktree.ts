import { configHooksGit, type GitVersion, isAtLeast } from "../git/git-version.ts";
import { type HookReach, hookReach } from "./hook-reach.ts";
import type { InstallRecord, Tier } from "./install-record.ts";
import { knownHooks } from "./payload.ts";
import type { View } from "./step.ts";

/** What decides, in one worktree, how git gets to our hooks. */
export interface HooksPlace {
  readonly tier: Tier;
  readonly git: GitVersion;
  /** Where git, in that worktree, looks for hooks. */
  readonly directory: string;
  readonly topLevel: string | null;
}

/** How git, in one worktree, gets to each hook that an installation brought. */
export function hooksInWorktree(
  names: readonly string[],
  place: HooksPlace,
  view: View,
): readonly HookReach[] {
  return names.map((name) =>
    place.tier === "config" ? configReach(name, place.git, view) : hookReach(name, place, view),
  );
}

/** The hooks that an installation brought, by the programs in `got/bin`. */
export function hookNames(record: InstallRecord): readonly string[] {
  return knownHooks.filter((name) => record.files.some((file) => file.path === `got/bin/${name}`));
}

function configReach(name: string, git: GitVersion, view: View): HookReach {
  const place = `hook.got-${name}.command`;
  const isSet = view.config(place).length > 0 && view.config(`hook.got-${name}.event`).includes(name);
  const able = isAtLeast(git, configHooksGit);
  const problem = !able
    ? `git ${git.text} does not run hooks from its configuration`
    : isSet
      ? null
      : `${place} is not set`;
  return { name, place, through: problem === null ? "config" : null, problem };
}
