import type { Argv } from "yargs";
import { openDecisions } from "../../../work/notes/open-decisions.ts";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { withRecords } from "../../open-records.ts";
import { decidedText } from "../../views/record.ts";

interface AcceptArgs {
  readonly id: string;
}

/** Accepts a decision, also one that was rejected; exit 1 when it is superseded. */
export const acceptCommand: Command<AcceptArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The decision's id, e.g. D-k3f9" })
      .example("$0 decision accept D-k3f9", "from now on it holds"),
  run: async (context, { id }) =>
    await withRecords(context, async (records) => {
      const data = await openDecisions(records).accept(id);
      return {
        data,
        text: decidedText(data),
        exitCode: data.kind === "refused" ? exitCodes.refused : exitCodes.done,
      };
    }),
};
