import type { Argv } from "yargs";
import { activity } from "../../../log/activity.ts";
import type { Command } from "../../command.ts";
import { noteProblems, openEventLog } from "../../open-event-log.ts";
import { snapshotText } from "../../views/event.ts";

/** Keeps the state of now, so that the next replay reads only what is new. */
export const snapshotCommand: Command<unknown> = {
  builder: (yargs: Argv) =>
    yargs.example("$0 event snapshot", "make the next got-hooks event replay read only what is new"),
  run: async (context) => {
    const { log, problems } = openEventLog(context);
    try {
      const { events, through } = log.snapshot(activity);
      noteProblems(context, problems);
      const data = { events, through, problems };
      return { data, text: snapshotText(data) };
    } finally {
      log.close();
    }
  },
};
