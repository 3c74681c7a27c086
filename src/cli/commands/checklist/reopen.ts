import type { Argv } from "yargs";
import { itemArgument, listArgument } from "../../checklist-arguments.ts";
import type { Command } from "../../command.ts";
import { withChecklists } from "../../open-checklists.ts";
import { outcomeText } from "../../views/checklist.ts";

interface ItemArgs {
  readonly list: string;
  readonly item: string;
}

/** Takes the mark off an item that is done. */
export const reopenCommand: Command<ItemArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("list", listArgument)
      .positional("item", itemArgument)
      .example("$0 checklist reopen release k3f9", "it was not done after all"),
  run: async (context, { list, item }) =>
    await withChecklists(context, "checklist reopen", async (checklists) => {
      const data = await checklists.reopen(list, item);
      return { data, text: outcomeText("reopened", data) };
    }),
};
