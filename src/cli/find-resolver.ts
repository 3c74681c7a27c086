import type { GitRepository } from "../git/repository.ts";
import { ownSetting } from "../git/own-setting.ts";
import { isApproved } from "../trust/approvals.ts";
import type { Context } from "./context.ts";
import type { FoundConfig } from "../workspace/read-config.ts";

/**
 * The command that may resolve code: `got.resolver` of the user's own git configuration, else what the repository proposes if its
 * user has approved that exact text; null without either.
 */
export function findResolver(
  context: Context,
  repository: GitRepository,
  { config }: Pick<FoundConfig, "config">,
): string | null {
  const own = ownSetting(repository, "got.resolver");
  if (own !== undefined && own.trim() !== "") return own;
  const proposed = config.commands.get("resolver");
  if (proposed === undefined) return null;
  if (isApproved(repository.commonDir, "resolver", proposed)) return proposed;
  context.note(
    "this repository proposes a resolver, which is not approved: see got-hooks trust add resolver",
  );
  return null;
}
