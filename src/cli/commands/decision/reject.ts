import type { Argv } from "yargs";
import { openDecisions } from "../../../work/notes/open-decisions.ts";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { withRecords } from "../../open-records.ts";
import { decidedText } from "../../views/record.ts";

interface RejectArgs {
  readonly id: string;
}

/** Rejects a proposed decision; exit 1 when it was accepted already, which only another one can supersede. */
export const rejectCommand: Command<RejectArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The decision's id, e.g. D-k3f9" })
      .example("$0 decision reject D-k3f9", "it will not be done so"),
  run: async (context, { id }) =>
    await withRecords(context, async (records) => {
      const data = await openDecisions(records).reject(id);
      return {
        data,
        text: decidedText(data),
        exitCode: data.kind === "refused" ? exitCodes.refused : exitCodes.done,
      };
    }),
};
