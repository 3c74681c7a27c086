import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { lastGiven } from "../../last-given.ts";
import { withTasks } from "../../open-tasks.ts";
import { alsoMineLine, claimedText, claimRefusal, nothingReadyLine } from "../../views/task.ts";

interface ClaimArgs {
  readonly id: string | undefined;
  readonly next: boolean;
  readonly steal: boolean;
  readonly reason: string | undefined;
}

/** Claims a task for this agent alone; exit 1 when somebody else has it, or it can't be claimed. */
export const claimCommand: Command<ClaimArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("id", { type: "string", describe: "The task, e.g. T-1a2b" })
      .option("next", {
        type: "boolean",
        default: false,
        describe: "Find the first ready task that nobody has and claim it, in one step",
      })
      .option("steal", {
        type: "boolean",
        default: false,
        describe: "Take it away from whoever has it, e.g. an agent that is gone; needs --reason",
      })
      .option("reason", {
        type: "string",
        requiresArg: true,
        describe: "Why it is stolen, for those who look later",
      })
      .example("$0 task claim --next --json", "what every agent begins with; exit 1 when nothing is ready")
      .example("$0 task claim T-1a2b", "this one and no other; again by the same agent changes nothing")
      .example(
        '$0 task claim T-1a2b --steal --reason "its worktree is gone"',
        "from an agent that will not come back",
      ),
  run: async (context, { id, next, steal, reason: given }) => {
    const reason = lastGiven(given);
    if (next === (id !== undefined)) {
      throw new GotError(
        "USAGE",
        next ? "Name a task or say --next, not both" : "Name a task, or say --next",
        {
          hint: "got-hooks task claim --next takes the first ready one.",
        },
      );
    }
    if (steal !== (reason !== undefined) || (steal && next)) {
      throw new GotError("USAGE", "Stealing takes a task's id, --steal and --reason", {
        hint: 'got-hooks task claim <id> --steal --reason "…".',
      });
    }
    return await withTasks(context, async ({ tasks, agent }) => {
      const outcome =
        id === undefined
          ? await tasks.claimNext()
          : await tasks.claim(id, { steal: reason === undefined ? undefined : { reason } });
      switch (outcome.kind) {
        case "claimed":
          if (outcome.alsoMine.length > 0) context.note(alsoMineLine(agent, outcome.alsoMine));
          return { data: outcome, text: claimedText(outcome, agent) };
        case "nothingReady":
          context.note(nothingReadyLine(outcome));
          return { data: outcome, text: "", exitCode: exitCodes.refused };
        case "alreadyClaimed":
        case "notClaimable":
        case "notFound":
          context.note(claimRefusal(outcome));
          return { data: outcome, text: "", exitCode: exitCodes.refused };
      }
    });
  },
};
