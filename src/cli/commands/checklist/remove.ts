import type { Argv } from "yargs";
import { itemArgument, listArgument } from "../../checklist-arguments.ts";
import type { Command } from "../../command.ts";
import { withChecklists } from "../../open-checklists.ts";
import { removedText } from "../../views/checklist.ts";

interface ItemArgs {
  readonly list: string;
  readonly item: string;
}

/** Takes an item away for good, whatever others do to it on their branches meanwhile. */
export const removeCommand: Command<ItemArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("list", listArgument)
      .positional("item", itemArgument)
      .example("$0 checklist remove release k3f9", "take an item away"),
  run: async (context, { list, item }) =>
    await withChecklists(context, "checklist remove", async (checklists) => {
      const data = await checklists.remove(list, item);
      return { data, text: removedText(data) };
    }),
};
