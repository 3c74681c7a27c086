import type { CommandEntry } from "./command.ts";

/**
 * Every command, in the order of `--help`. Only the one that was typed is loaded: a command's imports cost nobody else
 * their start-up time.
 */
export const commandTable: readonly CommandEntry[] = [
  {
    usage: "policy",
    summary: "Check the merge policy, or explain what it does to a field",
    load: async () => ({ kind: "group", entries: (await import("./commands/policy.ts")).entries }),
  },
];
