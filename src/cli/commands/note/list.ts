import type { Argv } from "yargs";
import { openNotes } from "../../../work/notes/open-notes.ts";
import type { Command } from "../../command.ts";
import { lastGiven } from "../../last-given.ts";
import { withRecords } from "../../open-records.ts";
import { recordsText } from "../../views/record.ts";

interface ListArgs {
  readonly on: string | undefined;
}

/** Lists notes, all or those on an entity or a commit. */
export const listCommand: Command<ListArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("on", {
        type: "string",
        requiresArg: true,
        describe: "Only notes on this entity (task:T-1) or commit (HEAD)",
      })
      .example("$0 note list --on task:T-1", "what was noted on a task")
      .example("$0 note list --on HEAD~3", "what was noted on a commit"),
  run: async (context, args) =>
    await withRecords(context, async (records) => {
      const notes = await openNotes(records).list(lastGiven(args.on));
      return { data: { notes }, text: recordsText("notes", notes) };
    }),
};
