import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { checkedLimit } from "../../checked-limit.ts";
import { withTasks } from "../../open-tasks.ts";
import { listText } from "../../views/task.ts";

interface ReadyArgs {
  readonly limit: number;
}

/** Lists open, unblocked tasks that are nobody's or mine. */
export const readyCommand: Command<ReadyArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("limit", {
        type: "number",
        default: 0,
        requiresArg: true,
        describe: "At most so many; 0 for all",
      })
      .example("$0 task ready --limit 5", "the five most urgent ones")
      .example("$0 task claim --next", "take the first one that nobody has"),
  run: async (context, { limit }) => {
    const most = checkedLimit(limit);
    return await withTasks(context, async ({ tasks }) => {
      const found = await tasks.ready();
      const shown = most === 0 ? found : found.slice(0, most);
      return { data: { tasks: shown, matched: found.length }, text: listText(shown, found.length) };
    });
  },
};
