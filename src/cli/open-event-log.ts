import type { LogProblem } from "../log/log.ts";
import { openEventLog as openEventLogAt, type OpenedLog } from "../workspace/open-event-log.ts";
import type { Context } from "./context.ts";
import { printable } from "./printable.ts";

/** An open log with what the commands about it need to know. */
export type EventLog = OpenedLog;

/**
 * Opens the event log of the work tree that the command runs in.
 *
 * @param agent takes precedence over the environment.
 * @throws GotError NOT_A_REPOSITORY, also in a bare repository; USAGE for names that can't be used.
 */
export function openEventLog(context: Context, agent?: string): EventLog {
  return openEventLogAt(context, { agent });
}

/** Says on stderr what reading has passed over; the first few by name. Files are named from `directory`. */
export function noteProblems(
  context: Context,
  problems: readonly LogProblem[],
  directory: string = ".got/",
): void {
  for (const { file, line, reason } of problems.slice(0, shownProblems)) {
    const where = `${directory}${file}${line === null ? "" : ` line ${line}`}`;
    context.note(printable(`${where} is passed over: ${reason}`));
  }
  if (problems.length > shownProblems) context.note(`and ${problems.length - shownProblems} more like these`);
}

const shownProblems = 5;
