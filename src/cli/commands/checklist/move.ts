import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import {
  itemArgument,
  listArgument,
  type PlaceArgs,
  placeOf,
  placeOptions,
} from "../../checklist-arguments.ts";
import type { Command } from "../../command.ts";
import { withChecklists } from "../../open-checklists.ts";
import { outcomeText } from "../../views/checklist.ts";

interface MoveArgs extends PlaceArgs {
  readonly list: string;
  readonly item: string;
}

/** Puts an item to another place in its list. */
export const moveCommand: Command<MoveArgs> = {
  builder: (yargs: Argv) =>
    placeOptions(
      yargs
        .positional("list", listArgument)
        .positional("item", itemArgument)
        .example("$0 checklist move release k3f9 --after p0d2", "behind another item")
        .example("$0 checklist move release 5 --first", "to the beginning"),
    ),
  run: async (context, args) => {
    const place = placeOf(args);
    if (place === undefined) {
      throw new GotError("USAGE", "Where to? Name a place with --first, --last, --after or --before");
    }
    return await withChecklists(context, "checklist move", async (checklists) => {
      const data = await checklists.move(args.list, args.item, place);
      return { data, text: outcomeText("moved", data) };
    });
  },
};
