import type { Argv } from "yargs";
import { openNotes } from "../../../work/notes/open-notes.ts";
import type { Command } from "../../command.ts";
import { withRecords } from "../../open-records.ts";
import { recordText } from "../../views/record.ts";

interface ShowArgs {
  readonly id: string;
}

/** Shows a note with the entities and commits it is about, and which of them are missing. */
export const showCommand: Command<ShowArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The note's id, e.g. N-k3f9" })
      .example("$0 note show N-k3f9", "a note and what it is about"),
  run: async (context, { id }) =>
    await withRecords(context, async (records) => {
      const data = await openNotes(records).show(id);
      return { data, text: recordText(data) };
    }),
};
