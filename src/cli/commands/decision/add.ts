import type { Argv } from "yargs";
import { openDecisions } from "../../../work/notes/open-decisions.ts";
import type { Command } from "../../command.ts";
import { lastGiven } from "../../last-given.ts";
import { withRecords } from "../../open-records.ts";
import { recordMadeText } from "../../views/record.ts";

const statuses = ["proposed", "rejected", "accepted"] as const;

interface AddArgs {
  readonly title: string;
  readonly context: string | undefined;
  readonly consequences: string | undefined;
  readonly status: (typeof statuses)[number] | undefined;
  readonly link: string[] | undefined;
  readonly decides: string[] | undefined;
  readonly commit: string[] | undefined;
}

/** Writes a decision down; prints its id. */
export const addCommand: Command<AddArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("title", { type: "string", demandOption: true, describe: "What is decided" })
      .option("context", { type: "string", requiresArg: true, describe: "Why it has to be decided" })
      .option("consequences", { type: "string", requiresArg: true, describe: "What follows from it" })
      .option("status", { choices: statuses, requiresArg: true, describe: "Default proposed" })
      .option("link", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "An entity that it has to do with; may be repeated",
      })
      .option("decides", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "An entity about which it decides; may be repeated",
      })
      .option("commit", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "A commit that it has to do with; may be repeated",
      })
      .example(
        '$0 decision add "Use SQLite" --context "One machine" --decides task:T-1',
        "propose something",
      ),
  run: async (context, args) =>
    await withRecords(context, async (records) => {
      const decision = await openDecisions(records).add({
        title: args.title,
        context: lastGiven(args.context),
        consequences: lastGiven(args.consequences),
        status: lastGiven(args.status),
        links: args.link ?? [],
        decides: args.decides ?? [],
        commits: args.commit ?? [],
      });
      return { data: { decision }, text: recordMadeText(decision) };
    }),
};
