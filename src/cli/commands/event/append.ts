import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import type { Command } from "../../command.ts";
import { autoCommit } from "../../auto-commit.ts";
import { openEventLog } from "../../open-event-log.ts";
import { appendText } from "../../views/event.ts";

interface AppendArgs {
  readonly event: string;
  readonly data: string | undefined;
  readonly id: string | undefined;
  readonly agent: string | undefined;
}

/** Appends one event to the session's log in the work tree. */
export const appendCommand: Command<AppendArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("event", { type: "string", demandOption: true, describe: "What happened: task.claimed" })
      .option("data", {
        type: "string",
        requiresArg: true,
        describe: "More members of the event, as a JSON object",
      })
      .option("id", {
        type: "string",
        requiresArg: true,
        describe: "The event's id; of several with one id the first counts",
      })
      .option("agent", {
        type: "string",
        requiresArg: true,
        describe: "Who; default GOT_AGENT, else user.name",
      })
      .example('$0 event append task.claimed --data \'{"task":"T-1"}\'', "record that a task was claimed"),
  run: async (context, args) => {
    const data = args.data === undefined ? {} : parseData(args.data);
    const opened = openEventLog(context, args.agent);
    const { log } = opened;
    try {
      const event = log.append({
        ...data,
        event: args.event,
        ...(args.id === undefined ? {} : { id: args.id }),
      });
      const commit = autoCommit(context, opened, `event ${event.event}`);
      return { data: { event, commit }, text: appendText(event) };
    } finally {
      log.close();
    }
  },
};

function parseData(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GotError("USAGE", "--data is not valid JSON", { facts: { data: text }, cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new GotError("USAGE", "--data must be a JSON object", { facts: { data: text } });
  }
  for (const member of ["id", "event"]) {
    if (Object.hasOwn(value, member)) {
      throw new GotError("USAGE", `--data can't set ${member}`, { facts: { member } });
    }
  }
  return value;
}
