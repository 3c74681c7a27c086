import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { openLocks } from "../../open-locks.ts";
import { listText } from "../../views/lock.ts";

interface ListArgs {
  readonly all: boolean;
}

/** Lists the locks that somebody holds. */
export const listCommand: Command<ListArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("all", { type: "boolean", default: false, describe: "Free locks too" })
      .example("$0 lock list", "who holds what, since when, and whether they still run"),
  run: async (context, args) => {
    const locks = await openLocks(context);
    try {
      const states = (await locks.list()).filter((state) => args.all || state.holders.length > 0);
      return { data: { locks: states }, text: listText(states, context.now()) };
    } finally {
      await locks.close();
    }
  },
};
