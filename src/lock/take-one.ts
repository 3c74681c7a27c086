import type { Attempt, Backend, Hold, Wait } from "./backend.ts";
import type { HeldLock } from "./held-locks.ts";
import type { ModeQueue, Place } from "./in-process/mode-queue.ts";
import { lockLimits } from "./lock-limits.ts";
import type { HolderInfo, HolderName, LockMode, Refusal } from "./lock.ts";
import type { LockMetrics } from "./metrics/lock-metrics.ts";
import type { Timing } from "./timing.ts";
import { createBackoff } from "./waiting/backoff.ts";
import { createCycleWatch, type CycleWatch } from "./waiting/cycle-watch.ts";

/** What taking one resource needs of its surroundings. */
export interface TakeContext {
  readonly backend: Backend;
  readonly timing: Timing;
  readonly queue: ModeQueue;
  readonly metrics: LockMetrics;
  readonly process: { readonly pid: number; readonly host: string };
  /** Holds of this process by resource: what an in-process waiter waits for. */
  readonly local: Map<string, Set<OneGrant>>;
}

export interface OneWish {
  readonly resource: string;
  readonly mode: LockMode;
  readonly holder: HolderName;
  readonly fair: boolean;
  readonly leaseMs: number | undefined;
  /** Point on the monotonic clock at which the wait ends. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** What the calling context holds already. */
  readonly holds: readonly HeldLock[];
}

/** One resource, held. */
export interface OneGrant {
  readonly resource: string;
  readonly info: HolderInfo;
  readonly token: number;
  readonly isLost: () => boolean;
  readonly onLost: (listener: () => void) => void;
  readonly release: () => Promise<"released" | "lost">;
}

/** Takes one resource: first the place in this process, then the lock itself. */
export async function takeOne(wish: OneWish, context: TakeContext): Promise<OneGrant | Refusal> {
  const { timing, metrics, queue } = context;
  const startMs = timing.monotonicMs();
  const place = queue.enter(wish.resource, wish.mode);
  const watch = createCycleWatch(() => describeWait(wish, context), context.backend.waits, timing);
  let contended = !place.isInside();
  let result: Hold | Refusal | undefined;
  try {
    result = place.isInside() ? undefined : await waitForPlace(wish, place, watch, context);
    if (result === undefined) {
      const taken = await takeFromBackend(wish, watch, context);
      contended ||= taken.contended;
      result = taken.result;
    }
  } finally {
    if (result === undefined || "kind" in result) place.leave();
    if (watch.isPublished()) await watch.end();
  }
  const waitedMs = timing.monotonicMs() - startMs;
  metrics.waited(wish.resource, { ending: "kind" in result ? result.kind : "granted", waitedMs, contended });
  if ("kind" in result) return result.kind === "timedOut" ? { ...result, waitedMs } : result;
  return grantOf(wish, result, place, context);
}

/** Waits behind others of this process. */
async function waitForPlace(
  wish: OneWish,
  place: Place,
  watch: CycleWatch,
  context: TakeContext,
): Promise<Refusal | undefined> {
  const inside = place.whenInside();
  for (;;) {
    const remainingMs = wish.deadlineMs - context.timing.monotonicMs();
    if (wish.signal?.aborted === true) return aborted(wish);
    if (remainingMs <= 0) return timedOut(wish, await holdersNow(wish.resource, context));
    const woken = new AbortController();
    const nap = context.timing.sleep(
      Math.min(remainingMs, lockLimits.deadlockCheckMs),
      anySignal(wish.signal, woken.signal),
    );
    await Promise.race([inside, nap]);
    woken.abort();
    if (place.isInside()) return undefined;
    // Only the first in line stands in the way of those behind it, as a holder would.
    const ring = await watch.look({ blocksOthers: place.isFirst() });
    if (ring !== undefined) return { kind: "deadlocked", resource: wish.resource, ring };
  }
}

async function takeFromBackend(
  wish: OneWish,
  watch: CycleWatch,
  context: TakeContext,
): Promise<{ result: Hold | Refusal; contended: boolean }> {
  const { timing } = context;
  const contender = context.backend.contend(wish);
  let backoff: (() => number) | undefined;
  let contended = false;
  let granted = false;
  try {
    for (;;) {
      if (wish.signal?.aborted === true) return { result: aborted(wish), contended };
      const attempt: Attempt = await contender.attempt();
      if (attempt.kind === "granted") {
        granted = true;
        return { result: attempt.hold, contended };
      }
      // A collision without a holder is no contention worth waiting out: it is tried again at once.
      contended ||= attempt.holders.length > 0;
      const remainingMs = wish.deadlineMs - timing.monotonicMs();
      if (remainingMs <= 0 && (attempt.holders.length > 0 || remainingMs < -lockLimits.collisionGraceMs)) {
        return { result: timedOut(wish, attempt.holders), contended };
      }
      const ring = await watch.look({ blocksOthers: attempt.holdsGate === true });
      if (ring !== undefined)
        return { result: { kind: "deadlocked", resource: wish.resource, ring }, contended };
      const pauseMs = attempt.retryInMs ?? (backoff ??= createBackoff(timing))();
      await pause(Math.max(0, Math.min(pauseMs, remainingMs)), attempt.onChange, wish.signal, timing);
    }
  } finally {
    if (!granted) await contender.withdraw();
  }
}

/** Sleeps until the time is up, the caller's signal fires, or the adapter says that something changed. */
async function pause(
  forMs: number,
  onChange: ((listener: () => void) => () => void) | undefined,
  signal: AbortSignal | undefined,
  timing: Timing,
): Promise<void> {
  if (onChange === undefined) return timing.sleep(forMs, signal);
  const woken = new AbortController();
  const stop = onChange(() => woken.abort());
  await timing.sleep(forMs, anySignal(signal, woken.signal));
  stop();
}

function grantOf(wish: OneWish, hold: Hold, place: Place, context: TakeContext): OneGrant {
  const { timing, metrics, local } = context;
  const takenMs = timing.monotonicMs();
  let lost = false;
  const listeners = new Set<() => void>();
  let released: Promise<"released" | "lost"> | undefined;

  const leave = (): void => {
    const here = local.get(wish.resource);
    here?.delete(grant);
    if (here?.size === 0) local.delete(wish.resource);
    place.leave();
  };
  const giveBack = async (): Promise<"released" | "lost"> => {
    try {
      const outcome = await hold.release();
      lost ||= outcome === "lost";
    } finally {
      metrics.held(wish.resource, { heldMs: timing.monotonicMs() - takenMs, lost });
      leave();
    }
    return lost ? "lost" : "released";
  };
  const grant: OneGrant = {
    resource: wish.resource,
    token: hold.token,
    info: {
      agent: wish.holder.agent,
      session: wish.holder.session,
      what: wish.holder.what,
      ...context.process,
      mode: wish.mode,
      token: hold.token,
      since: hold.since,
      state: "alive",
    },
    isLost: () => lost,
    onLost: (added) => {
      listeners.add(added);
      if (lost) added();
    },
    release: () => (released ??= giveBack()),
  };
  hold.onLost(() => {
    lost = true;
    // Who waits in this process need not wait for somebody who has lost the lock.
    leave();
    for (const listener of listeners) listener();
  });
  let here = local.get(wish.resource);
  if (here === undefined) local.set(wish.resource, (here = new Set()));
  here.add(grant);
  return grant;
}

function describeWait(wish: OneWish, context: TakeContext): Omit<Wait, "party"> {
  return {
    agent: wish.holder.agent,
    session: wish.holder.session,
    ...context.process,
    wants: { resource: wish.resource, mode: wish.mode },
    holds: wish.holds.map(({ resource, mode }) => ({ resource, mode })),
  };
}

/** Who has it: in this process, else as the adapter knows it. */
async function holdersNow(resource: string, context: TakeContext): Promise<readonly HolderInfo[]> {
  const here = [...(context.local.get(resource) ?? [])].map((grant) => grant.info);
  if (here.length > 0) return here;
  return (await context.backend.list()).find((state) => state.resource === resource)?.holders ?? [];
}

function timedOut(wish: OneWish, holders: readonly HolderInfo[]): Refusal {
  return { kind: "timedOut", resource: wish.resource, waitedMs: 0, holders };
}

function aborted(wish: OneWish): Refusal {
  return { kind: "aborted", resource: wish.resource, reason: wish.signal?.reason };
}

function anySignal(given: AbortSignal | undefined, own: AbortSignal): AbortSignal {
  return given === undefined ? own : AbortSignal.any([given, own]);
}
