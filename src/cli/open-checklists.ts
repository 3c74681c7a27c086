import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Locks } from "../lock/lock.ts";
import { openChecklists, type OpenChecklists } from "../work/checklists/open-checklists.ts";
import { exclusivelyUnder } from "../work/exclusively.ts";
import type { Context } from "./context.ts";
import { type EventLog, noteProblems, openEventLog } from "./open-event-log.ts";
import { openLocks } from "./open-locks.ts";

/** Opens the checklists of the work tree that the command runs in, runs `work` and closes them again. */
export async function withChecklists<Value>(
  context: Context,
  what: string,
  work: (checklists: OpenChecklists, opened: EventLog) => Promise<Value> | Value,
): Promise<Value> {
  const opened = openEventLog(context);
  const { repository, agent, session, log } = opened;
  const worktree =
    repository.gitDir === repository.commonDir
      ? "checklists"
      : `checklists.${path.basename(repository.gitDir)}`;
  // Who only looks needs no lock.
  let locks: Locks | undefined;
  try {
    const checklists = openChecklists({
      log,
      exclusively: async (write) => {
        locks ??= await openLocks(context);
        return await exclusivelyUnder(locks, worktree, { agent, session, what })(write);
      },
      randomHex: () => randomBytes(16).toString("hex"),
    });
    const value = await work(checklists, opened);
    noteProblems(context, opened.problems);
    return value;
  } finally {
    await locks?.close();
    log.close();
  }
}
