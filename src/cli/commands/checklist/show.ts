import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { listArgument } from "../../checklist-arguments.ts";
import { withChecklists } from "../../open-checklists.ts";
import { checklistText } from "../../views/checklist.ts";

interface ShowArgs {
  readonly list: string;
}

/** Shows a list with the numbers and ids by which its items can be named. */
export const showCommand: Command<ShowArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("list", listArgument)
      .example("$0 checklist show release", "what is to be done, and who did what"),
  run: async (context, { list }) =>
    await withChecklists(context, "checklist show", (checklists) => {
      const data = checklists.show(list);
      return { data, text: checklistText(data) };
    }),
};
