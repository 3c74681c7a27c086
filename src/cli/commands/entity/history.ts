import type { Argv } from "yargs";
import { requireRef } from "../../../store/entity-files.ts";
import type { Command } from "../../command.ts";
import { readHistory } from "../../entity-history.ts";
import { noteProblems, openEventLog } from "../../open-event-log.ts";
import { historyText } from "../../views/entity.ts";

interface HistoryArgs {
  readonly ref: string;
}

/** Lists what happened to an entity, as the event log tells it. */
export const historyCommand: Command<HistoryArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("ref", { type: "string", demandOption: true, describe: "<type>:<id>, e.g. task:T-1" })
      .example("$0 entity history task:T-1", "who changed what, and when"),
  run: async (context, args) => {
    requireRef(args.ref);
    const opened = openEventLog(context);
    try {
      const changes = await readHistory(opened.log, args.ref);
      noteProblems(context, opened.problems);
      return { data: { ref: args.ref, changes }, text: historyText(args.ref, changes) };
    } finally {
      opened.log.close();
    }
  },
};
