import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { withTasks } from "../../open-tasks.ts";
import { viewText } from "../../views/task.ts";

interface ShowArgs {
  readonly id: string;
}

/** Shows one task, who has it and what it waits for; exit 1 when there is none. */
export const showCommand: Command<ShowArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The task, e.g. T-1a2b" })
      .example("$0 task show T-1a2b --json", "one task, for a program"),
  run: async (context, { id }) =>
    await withTasks(context, async ({ tasks }) => {
      const view = await tasks.show(id);
      if (view !== null) return { data: view, text: viewText(view) };
      context.note(`there is no task ${id} in this work tree; got-hooks task list shows what there is`);
      return { data: { task: null }, text: "", exitCode: exitCodes.refused };
    }),
};
