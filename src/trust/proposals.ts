import type { Config } from "../model/config.ts";
import type { Proposal } from "./approvals.ts";

/** What approving the wish `events.autoCommit` says yes to. */
export const autoCommitText = "commit .got/ after each change of it, with the hooks of this repository";

/** What a configuration would like to have run. All of it is inert until approved. */
export function proposalsOf(config: Config): readonly Proposal[] {
  const commands = [...config.commands].map(([kind, text]) => ({ kind, text }));
  return config.events.autoCommit ? [...commands, { kind: "auto-commit", text: autoCommitText }] : commands;
}
