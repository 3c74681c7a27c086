import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import { listRef } from "../../../work/checklists/list-name.ts";
import type { Store } from "../../../store/store.ts";
import { listArgument, type PlaceArgs, placeOf, placeOptions } from "../../checklist-arguments.ts";
import type { Command } from "../../command.ts";
import { withChecklists } from "../../open-checklists.ts";
import { withStoreOf } from "../../open-entity-store.ts";
import { addedText } from "../../views/checklist.ts";

interface AddArgs extends PlaceArgs {
  readonly list: string;
  readonly texts: string[];
}

/** Adds items to a list; the list need not be there yet, the entity that it belongs to does. */
export const addCommand: Command<AddArgs> = {
  builder: (yargs: Argv) =>
    placeOptions(
      yargs
        .positional("list", listArgument)
        .positional("texts", {
          type: "string",
          array: true,
          demandOption: true,
          describe: "What is to be done; each argument is an item",
        })
        .example('$0 checklist add release "Write the changelog" "Tag"', "add two items at the end")
        .example('$0 checklist add task:T-1 "Ask Ada" --first', "add one at the beginning of a task's list"),
    ),
  run: async (context, args) => {
    const place = placeOf(args);
    return await withChecklists(context, "checklist add", async (checklists, opened) => {
      const list = listRef(args.list);
      await withStoreOf(context, opened, (store) => requireOwner(store, list));
      const data = await checklists.add(list, args.texts, place);
      return { data, text: addedText(data.items) };
    });
  },
};

/** @throws GotError INVALID_ENTITY when the list belongs to an entity that is not there, or one that keeps its items itself. */
async function requireOwner(store: Store, list: string): Promise<void> {
  const owner = await store.get(list);
  if (owner === null && !list.startsWith("checklist:")) {
    throw new GotError("INVALID_ENTITY", `There is no entity ${list} for the checklist to belong to`, {
      facts: { list },
      hint: "Make it first, or give the list a name without a colon.",
    });
  }
  if (owner?.type === "checklist" && owner["items"] !== undefined) {
    throw new GotError("INVALID_ENTITY", `${list} is an entity that keeps its items in a field of its own`, {
      facts: { list },
      hint: "Change them with got-hooks entity set, or give the new list another name.",
    });
  }
}
