import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import { openNotes } from "../../../work/notes/open-notes.ts";
import type { Command } from "../../command.ts";
import { lastGiven } from "../../last-given.ts";
import { withRecords } from "../../open-records.ts";
import { changedText } from "../../views/entity.ts";

interface EditArgs {
  readonly id: string;
  readonly text: string | undefined;
  readonly on: string[] | undefined;
  readonly commit: string[] | undefined;
  readonly ifVersion: number | undefined;
}

/** Gives a note another text, links it to more, or both, in one transaction. */
export const editCommand: Command<EditArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The note's id, e.g. N-k3f9" })
      .positional("text", { type: "string", describe: "The whole new text" })
      .option("on", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "One more entity that it is about; may be repeated",
      })
      .option("commit", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "One more commit that it is about; may be repeated",
      })
      .option("if-version", {
        type: "number",
        requiresArg: true,
        describe: "Only if the note has this version",
      })
      .example('$0 note edit N-k3f9 "Flaky on slow disks, mended" --commit HEAD', "change it and link it"),
  run: async (context, args) => {
    if (args.text === undefined && args.on === undefined && args.commit === undefined)
      throw new GotError("USAGE", "There is nothing to change: give a text, --on or --commit");
    return await withRecords(context, async (records) => {
      const note = await openNotes(records).edit(args.id, {
        text: args.text,
        on: args.on ?? [],
        commits: args.commit ?? [],
        ifVersion: lastGiven(args.ifVersion),
      });
      return { data: { note }, text: changedText("now", `note:${note.id}`, note) };
    });
  },
};
