import type { Argv } from "yargs";
import { openDecisions } from "../../../work/notes/open-decisions.ts";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { lastGiven } from "../../last-given.ts";
import { withRecords } from "../../open-records.ts";
import { decidedText } from "../../views/record.ts";

interface SupersedeArgs {
  readonly id: string;
  readonly by: string;
}

/** Puts an accepted decision in another one's place; exit 1 when somebody else was faster with a different one. */
export const supersedeCommand: Command<SupersedeArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The decision that holds no longer" })
      .option("by", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "The accepted decision that holds instead",
      })
      .example("$0 decision supersede D-k3f9 --by D-p0d2", "D-p0d2 holds from now on"),
  run: async (context, { id, by }) =>
    await withRecords(context, async (records) => {
      const data = await openDecisions(records).supersede(id, lastGiven(by) ?? "");
      return {
        data,
        text: decidedText(data),
        exitCode: data.kind === "refused" ? exitCodes.refused : exitCodes.done,
      };
    }),
};
