import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { parseValue } from "../../entity-fields.ts";
import { exitCodes } from "../../exit-codes.ts";
import { lastGiven } from "../../last-given.ts";
import { withTasks } from "../../open-tasks.ts";
import { closedText, closeRefusal } from "../../views/task.ts";
import { GotError } from "../../../base/errors.ts";

interface CloseArgs {
  readonly id: string;
  readonly reason: string | undefined;
  readonly data: string | undefined;
  readonly force: boolean;
}

/** Closes a task; of all who try at once one succeeds, the others are told who did. */
export const closeCommand: Command<CloseArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The task, e.g. T-1a2b" })
      .option("reason", { type: "string", requiresArg: true, describe: "How it ended, in a few words" })
      .option("data", {
        type: "string",
        requiresArg: true,
        describe: "Completion data as JSON, kept in close_data",
      })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "Also when another agent has claimed it",
      })
      .example("$0 task close T-1a2b", "done")
      .example('$0 task close T-1a2b --reason fixed --data \'{"commits":["6bf895e"]}\'', "done, and by what"),
  run: async (context, { id, force, ...given }) => {
    const [reason, data] = [lastGiven(given.reason), lastGiven(given.data)];
    const value = data === undefined ? undefined : parseValue(data);
    if (data !== undefined && value === undefined) {
      throw new GotError("USAGE", "--data is not valid JSON", {
        facts: { data: data.slice(0, 200) },
        hint: `Write it as in --data '{"commits":["6bf895e"]}'.`,
      });
    }
    return await withTasks(context, async ({ tasks }) => {
      const outcome = await tasks.close(id, { reason, data: value, force });
      if (outcome.kind === "closed") return { data: outcome, text: closedText(outcome) };
      context.note(closeRefusal(outcome));
      return { data: outcome, text: "", exitCode: exitCodes.refused };
    });
  },
};
