import type { Argv } from "yargs";
import { decisionStatuses, openDecisions } from "../../../work/notes/open-decisions.ts";
import type { Command } from "../../command.ts";
import { lastGiven } from "../../last-given.ts";
import { withRecords } from "../../open-records.ts";
import { recordsText } from "../../views/record.ts";

interface ListArgs {
  readonly status: (typeof decisionStatuses)[number] | undefined;
}

/** Lists decisions, all or those of one status. */
export const listCommand: Command<ListArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("status", { choices: decisionStatuses, requiresArg: true, describe: "Only with this status" })
      .example("$0 decision list --status accepted", "what holds"),
  run: async (context, args) =>
    await withRecords(context, async (records) => {
      const decisions = await openDecisions(records).list(lastGiven(args.status));
      return { data: { decisions }, text: recordsText("decisions", decisions) };
    }),
};
