import { GotError } from "../base/errors.ts";
import { readCommitFiles, resolveCommit } from "../git/commit-files.ts";
import { bytesInput, type LogInput } from "../log/log-input.ts";
import { isLogFile } from "../log/list-inputs.ts";
import type { Position } from "../log/log.ts";
import type { Context } from "./context.ts";
import type { EventLog } from "./open-event-log.ts";

/** A moment in a log: a place in its order, or the log as a commit has it. */
export type Moment =
  | { readonly kind: "place"; readonly until: Position }
  | { readonly kind: "commit"; readonly commit: string; readonly inputs: readonly LogInput[] };

/**
 * Finds the moment that `--at` names: a time, an event's id, or anything that git calls a commit; in this order.
 *
 * @throws GotError USAGE when it is none of them.
 */
export async function readAt(
  context: Context,
  { log, workTree }: Pick<EventLog, "log" | "workTree">,
  at: string,
): Promise<Moment> {
  if (/^\d{4}-\d\d-\d\d/.test(at)) {
    const ms = Date.parse(at);
    if (!Number.isNaN(ms)) return { kind: "place", until: { ts: new Date(ms).toISOString() } };
  }
  for await (const { id, ts } of log.read()) if (id === at) return { kind: "place", until: { ts, id } };
  const call = { cwd: workTree, env: context.env };
  const commit = resolveCommit(call, at);
  if (commit === null) {
    throw new GotError("USAGE", `--at ${at} is no time, no event's id and no commit`, {
      facts: { at },
      hint: "Write a time like 2026-11-21T10:00Z, or take an id from got-hooks event log --json.",
    });
  }
  const files = readCommitFiles(call, commit, [".got/events", ".got/snapshots"]);
  const inputs = files.flatMap(({ path: file, bytes }) => {
    const name = file.slice(".got/".length);
    return isLogFile(name) ? [bytesInput(name, bytes)] : [];
  });
  return { kind: "commit", commit, inputs };
}
