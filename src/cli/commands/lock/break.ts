import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { holderOf, openLocks } from "../../open-locks.ts";
import { breakText } from "../../views/lock.ts";

interface BreakArgs {
  readonly resource: string;
  readonly reason: string;
}

/** Breaks a lock: a newer token is given out, so the old holder is refused whatever it tries. */
export const breakCommand: Command<BreakArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("resource", {
        type: "string",
        demandOption: true,
        describe: "The lock, as lock list names it",
      })
      .option("reason", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "Why, for those who look later",
      })
      .example(
        '$0 lock break landing/main --reason "machine is gone"',
        "free a lock whose holder cannot be judged from here",
      ),
  run: async (context, args) => {
    const locks = await openLocks(context);
    try {
      const { agent, session } = holderOf(context, "");
      const outcome = await locks.break(args.resource, { agent, session, reason: args.reason });
      return {
        data: outcome,
        text: breakText(outcome),
        exitCode: outcome.kind === "broken" ? 0 : exitCodes.refused,
      };
    } finally {
      await locks.close();
    }
  },
};
