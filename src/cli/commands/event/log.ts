import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import { Ring } from "../../../log/ring.ts";
import type { LogEvent } from "../../../model/event.ts";
import type { Command } from "../../command.ts";
import { noteProblems, openEventLog } from "../../open-event-log.ts";
import { logText } from "../../views/event.ts";

interface LogArgs {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly agent: string | undefined;
  readonly session: string | undefined;
  readonly event: string | undefined;
  readonly limit: number;
}

const defaultLimit = 100;

/** Lists events, the newest last. */
export const logCommand: Command<LogArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("since", { type: "string", requiresArg: true, describe: "From this time on (ISO-8601)" })
      .option("until", { type: "string", requiresArg: true, describe: "To this time (ISO-8601)" })
      .option("agent", { type: "string", requiresArg: true, describe: "Of this agent only" })
      .option("session", { type: "string", requiresArg: true, describe: "Of this session only" })
      .option("event", {
        type: "string",
        requiresArg: true,
        describe: "Of this name only; git.* is every name that begins with git.",
      })
      .option("limit", {
        type: "number",
        default: defaultLimit,
        requiresArg: true,
        describe: "The newest so many; 0 is all",
      })
      .example("$0 event log --since 2026-11-21 --event 'git.*'", "what git did since that day")
      .example("$0 event log --limit 0 --json", "everything, for a program"),
  run: async (context, args) => {
    if (!Number.isInteger(args.limit) || args.limit < 0) {
      throw new GotError("USAGE", "--limit must be a whole number, 0 for all", {
        facts: { limit: args.limit },
      });
    }
    const since = args.since === undefined ? undefined : timeOf("--since", args.since);
    const until = args.until === undefined ? undefined : { ts: timeOf("--until", args.until) };
    const { log, problems } = openEventLog(context);
    const kept = new Ring<LogEvent>(args.limit);
    try {
      for await (const event of log.read(until === undefined ? {} : { until })) {
        if (matches(event, args, since)) kept.push(event);
      }
    } finally {
      log.close();
    }
    noteProblems(context, problems);
    const data = { events: kept.all(), matched: kept.pushed, problems };
    return { data, text: logText(data.events, kept.pushed) };
  },
};

/** Reads a time that a person typed. @throws GotError USAGE. */
export function timeOf(option: string, text: string): string {
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new GotError("USAGE", `${option} ${text} is no time`, {
    facts: { option, value: text },
    hint: "Write it like 2026-11-21 or 2026-11-21T10:00Z.",
  });
}

function matches(event: LogEvent, args: LogArgs, since: string | undefined): boolean {
  if (since !== undefined && event.ts < since) return false;
  if (args.agent !== undefined && event.agent !== args.agent) return false;
  if (args.session !== undefined && event.session !== args.session) return false;
  if (args.event === undefined || args.event === event.event) return true;
  return args.event.endsWith("*") && event.event.startsWith(args.event.slice(0, -1));
}
