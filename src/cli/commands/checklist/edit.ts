import type { Argv } from "yargs";
import { itemArgument, listArgument } from "../../checklist-arguments.ts";
import type { Command } from "../../command.ts";
import { withChecklists } from "../../open-checklists.ts";
import { outcomeText } from "../../views/checklist.ts";

interface EditArgs {
  readonly list: string;
  readonly item: string;
  readonly text: string;
}

/** Gives an item another text. */
export const editCommand: Command<EditArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("list", listArgument)
      .positional("item", itemArgument)
      .positional("text", { type: "string", demandOption: true, describe: "The whole new text" })
      .example(
        '$0 checklist edit release k3f9 "Write the changelog, with links"',
        "change what is to be done",
      ),
  run: async (context, { list, item, text }) =>
    await withChecklists(context, "checklist edit", async (checklists) => {
      const data = await checklists.change(list, item, text);
      return { data, text: outcomeText("now", data) };
    }),
};
