import type { Argv } from "yargs";
import { openNotes } from "../../../work/notes/open-notes.ts";
import type { Command } from "../../command.ts";
import { withRecords } from "../../open-records.ts";
import { recordMadeText } from "../../views/record.ts";

interface AddArgs {
  readonly text: string;
  readonly on: string[] | undefined;
  readonly commit: string[] | undefined;
}

/** Writes a note; prints its id. */
export const addCommand: Command<AddArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("text", {
        type: "string",
        demandOption: true,
        describe: "The note; may have several lines",
      })
      .option("on", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "An entity that it is about, e.g. task:T-1; may be repeated",
      })
      .option("commit", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "A commit that it is about, e.g. HEAD; may be repeated",
      })
      .example('$0 note add "Flaky on slow disks" --on task:T-1 --commit HEAD', "about a task and a commit"),
  run: async (context, args) =>
    await withRecords(context, async (records) => {
      const note = await openNotes(records).add(args.text, { on: args.on ?? [], commits: args.commit ?? [] });
      return { data: { note }, text: recordMadeText(note) };
    }),
};
