import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { withChecklists } from "../../open-checklists.ts";
import { checklistsText } from "../../views/checklist.ts";

/** Lists all checklists that have items. */
export const listCommand: Command<unknown> = {
  builder: (yargs: Argv) =>
    yargs.example("$0 checklist list", "which lists there are, and how far they have come"),
  run: async (context) =>
    await withChecklists(context, "checklist list", (checklists) => {
      const lists = checklists.all();
      const data = { lists: lists.map(({ list, items, done }) => ({ list, items: items.length, done })) };
      return { data, text: checklistsText(lists) };
    }),
};
