import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { lastGiven } from "../../last-given.ts";
import { withTasks } from "../../open-tasks.ts";
import { reopenedText, reopenRefusal } from "../../views/task.ts";

interface ReopenArgs {
  readonly id: string;
  readonly reason: string | undefined;
  readonly force: boolean;
}

/** Opens a closed task again, for nobody. */
export const reopenCommand: Command<ReopenArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The task, e.g. T-1a2b" })
      .option("reason", { type: "string", requiresArg: true, describe: "Why, for those who look later" })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "Forget a close in another worktree that will never be merged here",
      })
      .example('$0 task reopen T-1a2b --reason "it is back"', "pending again, and nobody's"),
  run: async (context, { id, reason, force }) =>
    await withTasks(context, async ({ tasks }) => {
      const outcome = await tasks.reopen(id, { reason: lastGiven(reason), force });
      if (outcome.kind === "reopened") return { data: outcome, text: reopenedText(outcome) };
      context.note(reopenRefusal(outcome));
      return { data: outcome, text: "", exitCode: exitCodes.refused };
    }),
};
