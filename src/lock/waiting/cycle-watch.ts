import { randomUUID } from "node:crypto";
import type { Wait, WaitBoard } from "../backend.ts";
import { lockLimits } from "../lock-limits.ts";
import type { RingMember } from "../lock.ts";
import type { Timing } from "../timing.ts";
import { findRing, victimOf } from "./find-ring.ts";

/**
 * Looks for cycles on behalf of one waiter. Short waits cost nothing: word is left only after `deadlockCheckMs`, and only by
 * waiters that hold something or stand in somebody's way.
 */
export interface CycleWatch {
  /** To be called at each turn of the wait. Gives the ring when this waiter is the one that has to give way. */
  readonly look: (now: { readonly blocksOthers: boolean }) => Promise<readonly RingMember[] | undefined>;
  readonly isPublished: () => boolean;
  readonly end: () => Promise<void>;
}

export function createCycleWatch(
  describe: () => Omit<Wait, "party">,
  board: WaitBoard,
  timing: Timing,
): CycleWatch {
  const startMs = timing.monotonicMs();
  let nextLookMs = startMs + lockLimits.deadlockCheckMs;
  let published: { readonly wait: Wait; readonly takeBack: () => Promise<void> } | undefined;
  let described: Omit<Wait, "party"> | undefined;
  let suspected: string | undefined;

  const end = async (): Promise<void> => {
    const { takeBack } = published ?? {};
    published = undefined;
    await takeBack?.();
  };

  const look: CycleWatch["look"] = async ({ blocksOthers }) => {
    if (timing.monotonicMs() < nextLookMs) return undefined;
    nextLookMs = timing.monotonicMs() + lockLimits.deadlockCheckMs;
    described ??= describe();
    const holds = blocksOthers ? [...described.holds, described.wants] : described.holds;
    if (published?.wait.holds.length !== holds.length) await end();
    if (holds.length === 0) return undefined;
    if (published === undefined) {
      const wait: Wait = { ...described, holds, party: randomUUID() };
      published = { wait, takeBack: await board.publish(wait) };
    }
    const own = published.wait;
    const ring = findRing(own, await board.list());
    // The same ring twice in a row: the waits were read one after the other, and one of them may just have ended.
    const name = ring?.map((wait) => wait.party).join(" ");
    const confirmed = name !== undefined && name === suspected;
    suspected = name;
    return confirmed && ring !== undefined && victimOf(ring)?.party === own.party
      ? ring.map(toMember)
      : undefined;
  };

  return { look, end, isPublished: () => published !== undefined };
}

function toMember(wait: Wait): RingMember {
  return {
    agent: wait.agent,
    session: wait.session,
    host: wait.host,
    pid: wait.pid,
    wants: wait.wants.resource,
    holds: wait.holds.map(({ resource }) => resource),
  };
}
