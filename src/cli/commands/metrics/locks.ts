import { GotError } from "../../../base/errors.ts";
import { openRepository } from "../../../git/repository.ts";
import type { HolderInfo, LockState } from "../../../lock/lock.ts";
import { lockLimits } from "../../../lock/lock-limits.ts";
import { readContention } from "../../../lock/metrics/read-contention.ts";
import type { Outcome } from "../../command.ts";
import type { Context } from "../../context.ts";
import { contentionDirectory } from "../../../workspace/open-locks.ts";
import { openLocks } from "../../open-locks.ts";
import { metricsText } from "../../views/metrics.ts";

/** A lock that somebody has held for too long and still holds. */
export interface LongHold {
  readonly resource: string;
  readonly holder: HolderInfo;
  readonly heldMs: number;
}

/** How contended each lock was, over all processes that wrote it down, and who holds one for too long right now. */
export async function showLocks(context: Context, since: Date): Promise<Outcome> {
  const contention = readContention(contentionDirectory(openRepository(context.cwd, context.env)), since);
  const longHolds = findLongHolds(await listLocks(context), context.now());
  const data = { since: since.toISOString(), ...contention, longHolds };
  return { data, text: metricsText(data, context.now()) };
}

/** Holders that have been at it for longer than `lockLimits.longHoldMs`. */
export function findLongHolds(states: readonly LockState[], now: Date): readonly LongHold[] {
  return states.flatMap(({ resource, holders }) =>
    holders
      .map((holder) => ({ resource, holder, heldMs: now.getTime() - Date.parse(holder.since) }))
      .filter(({ heldMs }) => heldMs > lockLimits.longHoldMs),
  );
}

async function listLocks(context: Context): Promise<readonly LockState[]> {
  const locks = await openLocks(context);
  try {
    return await locks.list();
  } catch (error) {
    if (!(error instanceof GotError)) throw error;
    // The figures are worth having when the server is the problem.
    context.note(`the present holders are not known: ${error.message}`);
    return [];
  } finally {
    await locks.close();
  }
}
