import type { Argv } from "yargs";
import { itemArgument, listArgument } from "../../checklist-arguments.ts";
import type { Command } from "../../command.ts";
import { withChecklists } from "../../open-checklists.ts";
import { outcomeText } from "../../views/checklist.ts";

interface ItemArgs {
  readonly list: string;
  readonly item: string;
}

/** Marks an item done. When it is already, that is said, and it is exit 0 too: what was asked for is so. */
export const doneCommand: Command<ItemArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("list", listArgument)
      .positional("item", itemArgument)
      .example("$0 checklist done release k3f9", "by the beginning of the id")
      .example("$0 checklist done release 2", "by number: what is second in the list at this moment"),
  run: async (context, { list, item }) =>
    await withChecklists(context, "checklist done", async (checklists) => {
      const data = await checklists.done(list, item);
      return { data, text: outcomeText("done", data) };
    }),
};
