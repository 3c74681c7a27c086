import path from "node:path";
import { configHooksGit, isAtLeast } from "../git/git-version.ts";
import { configHookWishes, configHooksWork } from "./tiers/config-hooks.ts";
import { hooksPathWishes } from "./tiers/hooks-path.ts";
import { huskyDirectory, huskyWishes } from "./tiers/husky.ts";
import { lefthookHooks, lefthookWishes } from "./tiers/lefthook.ts";
import { preCommitHooks, preCommitWishes } from "./tiers/pre-commit.ts";
import { simpleGitHooksConfig, simpleGitHooksWishes } from "./tiers/simple-git-hooks.ts";
import { stubWishes } from "./tiers/stubs.ts";
import type { TierInput } from "./tiers/tier-input.ts";
import type { Wishes } from "./wish.ts";

/**
 * Decides how git will reach our hooks here, by what git can do and by what manages hooks already. core.hooksPath is
 * never changed.
 *
 * @param temporary a directory for a throw-away repository.
 */
export function chooseHookWishes(input: TierInput, temporary: string): Wishes {
  if (configHooksWork(input, temporary)) return { tier: "config", list: configHookWishes(input), notes: [] };
  const expected = isAtLeast(input.version, configHooksGit)
    ? [
        `git ${input.version.text} should run hooks from its configuration, but a trial commit showed that it does not`,
      ]
    : [];
  const wishes = wishesByManager(input);
  return { ...wishes, notes: [...expected, ...wishes.notes] };
}

function wishesByManager(input: TierInput): Wishes {
  const commonHooks = path.join(input.repository.commonDir, "hooks");
  const husky = huskyDirectory(input);
  if (husky !== null) {
    const lines = huskyWishes(husky, input);
    if (input.repository.hooks.configured !== null) return { tier: "husky", list: lines, notes: [] };
    const note = `husky has not run here yet (core.hooksPath is not set): until it does, git uses our hooks in ${commonHooks}`;
    return { tier: "husky", list: [...lines, ...stubWishes(commonHooks, input)], notes: [note] };
  }
  if (input.repository.hooks.configured !== null) return { tier: "hooks-path", ...hooksPathWishes(input) };
  const lefthook = lefthookHooks(input);
  if (lefthook !== null) return { tier: "lefthook", ...lefthookWishes(lefthook, input) };
  const simple = simpleGitHooksConfig(input);
  if (simple !== null) return { tier: "simple-git-hooks", ...simpleGitHooksWishes(simple, input) };
  const preCommit = preCommitHooks(input);
  if (preCommit !== null) return { tier: "pre-commit", list: preCommitWishes(preCommit, input), notes: [] };
  return { tier: "stubs", list: stubWishes(commonHooks, input), notes: [] };
}
