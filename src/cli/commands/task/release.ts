import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { lastGiven } from "../../last-given.ts";
import { withTasks } from "../../open-tasks.ts";
import { releasedText, releaseRefusal } from "../../views/task.ts";

interface ReleaseArgs {
  readonly id: string;
  readonly force: boolean;
  readonly reason: string | undefined;
}

/** Gives a claim back; somebody else's only with --force and a reason, which is recorded. */
export const releaseCommand: Command<ReleaseArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", demandOption: true, describe: "The task, e.g. T-1a2b" })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "Also when another agent has claimed it; needs --reason",
      })
      .option("reason", {
        type: "string",
        requiresArg: true,
        describe: "Why it is taken away, for those who look later",
      })
      .example("$0 task release T-1a2b", "somebody else may have it")
      .example('$0 task release T-1a2b --force --reason "agent died"', "free what a dead agent holds"),
  run: async (context, { id, force, ...given }) => {
    const reason = lastGiven(given.reason);
    if (force !== (reason !== undefined)) {
      throw new GotError("USAGE", "--force and --reason belong together", {
        hint: `got-hooks task release ${id} --force --reason "…".`,
      });
    }
    return await withTasks(context, async ({ tasks }) => {
      const outcome = await tasks.release(id, { force: reason === undefined ? undefined : { reason } });
      if (outcome.kind === "released") return { data: outcome, text: releasedText(outcome) };
      context.note(releaseRefusal(outcome));
      return { data: outcome, text: "", exitCode: exitCodes.refused };
    });
  },
};
