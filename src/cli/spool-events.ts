import { randomBytes } from "node:crypto";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { appendToSpool } from "../log/append-to-spool.ts";
import type { NewEvent } from "../log/log.ts";
import type { Context } from "./context.ts";
import type { EventLog } from "./open-event-log.ts";

/**
 * Appends events to the spool in the name of whoever runs the command: for commands in the middle of a merge, where an append to
 * the tracked log would make the work tree dirty. What can't be written down is said, and fails nothing.
 */
export function spoolEvents(
  context: Context,
  { repository, session, agent }: Pick<EventLog, "repository" | "session" | "agent">,
  events: readonly NewEvent[],
): void {
  if (events.length === 0) return;
  const { commonDir, gitDir } = repository;
  const isMain = gitDir === commonDir;
  const worktree = isMain ? "main" : path.basename(gitDir);
  const now = (): number => context.now().getTime();
  const randomHex = (): string => randomBytes(4).toString("hex");
  try {
    appendToSpool({ commonDir, worktree, isMain, session, agent, now, randomHex }, events);
  } catch (error) {
    if (!(error instanceof GotError)) throw error;
    context.note(`got-hooks: ${error.message}: ${events.length} events are not recorded`);
  }
}
