import type { Argv } from "yargs";
import { openDecisions } from "../../../work/notes/open-decisions.ts";
import type { Command } from "../../command.ts";
import { withRecords } from "../../open-records.ts";
import { recordText } from "../../views/record.ts";

interface ShowArgs {
  readonly id: string;
}

/** Shows a decision with what it is linked to, and which of that is missing. */
export const showCommand: Command<ShowArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The decision's id, e.g. D-k3f9" })
      .example("$0 decision show D-k3f9", "a decision and its links"),
  run: async (context, { id }) =>
    await withRecords(context, async (records) => {
      const data = await openDecisions(records).show(id);
      return { data, text: recordText(data) };
    }),
};
