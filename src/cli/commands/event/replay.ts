import type { Argv } from "yargs";
import { activity } from "../../../log/activity.ts";
import type { LogProblem } from "../../../log/log.ts";
import { replayInputs } from "../../../log/replay.ts";
import type { Command } from "../../command.ts";
import { noteProblems, openEventLog } from "../../open-event-log.ts";
import { readAt } from "../../read-at.ts";
import { activityData, replayText } from "../../views/event.ts";

interface ReplayArgs {
  readonly at: string | undefined;
  readonly type: string | undefined;
}

/** Folds the events into what they amount to: now, at a time, at an event, at a commit. */
export const replayCommand: Command<ReplayArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("at", {
        type: "string",
        requiresArg: true,
        describe: "As of a time (ISO-8601), an event's id, or a commit; default now",
      })
      .option("type", { type: "string", requiresArg: true, describe: "Entities of this type only" })
      .example("$0 event replay --at 2026-11-01T10:00Z", "what had happened by then")
      .example("$0 event replay --at HEAD~5 --type task", "the tasks that the log of that commit knows of"),
  run: async (context, args) => {
    const opened = openEventLog(context);
    const { log, problems } = opened;
    try {
      const moment = args.at === undefined ? null : await readAt(context, opened, args.at);
      const before = problems.length;
      const found: LogProblem[] = [];
      const replayed =
        moment?.kind === "commit"
          ? replayInputs(moment.inputs, activity, { onProblem: (problem) => found.push(problem) })
          : log.replay(activity, moment === null ? {} : { until: moment.until });
      // Looking for an event has read the log once already.
      const reported = moment?.kind === "commit" ? found : problems.slice(before);
      noteProblems(context, reported);
      const data = {
        ...activityData(replayed, args.type),
        commit: moment?.kind === "commit" ? moment.commit : null,
        problems: reported,
      };
      return { data, text: replayText(data) };
    } finally {
      log.close();
    }
  },
};
