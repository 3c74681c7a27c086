import { GotError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import { createHeldLocks, type HeldLock } from "./held-locks.ts";
import { type ParentsOf, planSteps, standardParents, type Step } from "./hierarchy.ts";
import { createModeQueue } from "./in-process/mode-queue.ts";
import { lockLimits } from "./lock-limits.ts";
import type { AcquireOutcome, Grant, LockOptions, LockOutcome, Locks, Refusal } from "./lock.ts";
import type { ContentionLog } from "./metrics/contention-log.ts";
import { createLockMetrics, type LockWarning } from "./metrics/lock-metrics.ts";
import { areCompatible, covers } from "./modes.ts";
import { joinGrants } from "./join-grants.ts";
import { type OneGrant, type TakeContext, takeOne } from "./take-one.ts";
import { systemTiming, type Timing } from "./timing.ts";

export interface CreateLocksOptions {
  readonly backend: Backend;
  /** Who we are, in what others see. */
  readonly process: { readonly pid: number; readonly host: string };
  readonly timing?: Timing;
  readonly parentsOf?: ParentsOf;
  /** Hears of waits over a second and holds over a minute. */
  readonly onWarning?: (warning: LockWarning) => void;
  /** Where waits and holds are written down for `got-hooks metrics`; flushed by `close()`. */
  readonly contentionLog?: ContentionLog;
}

/** Makes the port out of an adapter: waiting, many at once, hierarchy, reentrancy, deadlocks, metrics. */
export function createLocks(options: CreateLocksOptions): Locks {
  const metrics = createLockMetrics(options.onWarning ?? (() => {}), options.contentionLog?.note);
  const held = createHeldLocks();
  const parentsOf = options.parentsOf ?? standardParents;
  const context: TakeContext = {
    backend: options.backend,
    timing: options.timing ?? systemTiming,
    queue: options.backend.queue ?? createModeQueue(),
    metrics,
    process: options.process,
    local: new Map(),
  };

  const takeAll = async (
    resources: readonly string[],
    wanted: LockOptions,
  ): Promise<{ kind: "granted"; grant: Grant; added: readonly HeldLock[] } | Refusal> => {
    const steps = planSteps(resources, wanted.mode ?? "exclusive", parentsOf);
    const leaseMs = checkTimes(wanted);
    const deadlineMs = context.timing.monotonicMs() + (wanted.timeoutMs ?? lockLimits.defaultTimeoutMs);
    const outer = held.now();
    const added: HeldLock[] = [];
    const reused: OneGrant[] = [];
    const giveUp = async (refusal: Refusal): Promise<Refusal> => {
      await releaseAll(added);
      return refusal;
    };
    try {
      for (const step of steps) {
        const own = outer.length === 0 && added.length === 0 ? outer : [...outer, ...added];
        const before = heldAlready(step, outer, wanted.reentrant === true);
        if (before === "deadlock") return await giveUp(ownDeadlock(step, own, wanted, context));
        if (before !== undefined) {
          if (step.asked) reused.push(before);
          continue;
        }
        const wish = {
          resource: step.resource,
          mode: step.mode,
          holder: wanted.holder ?? {},
          fair: wanted.fair === true,
          leaseMs,
          deadlineMs,
          signal: wanted.signal,
          holds: own,
        };
        const taken = await takeOne(wish, context);
        if ("kind" in taken) return await giveUp(taken);
        added.push({ resource: step.resource, mode: step.mode, grant: taken });
      }
    } catch (error) {
      await releaseAll(added);
      throw error;
    }
    return { kind: "granted", grant: joinGrants({ steps, added, reused, wanted }), added };
  };

  const acquire: Locks["acquire"] = async (resources, wanted = {}): Promise<AcquireOutcome> => {
    const taken = await takeAll(asList(resources), wanted);
    return taken.kind === "granted" ? { kind: "granted", grant: taken.grant } : taken;
  };

  const withLock: Locks["withLock"] = async (resources, wanted, work) => {
    const taken = await takeAll(asList(resources), wanted);
    if (taken.kind !== "granted") return taken;
    const { grant, added } = taken;
    return await finish(grant, async () => await held.within(added, () => work(grant)));
  };

  return {
    withLock,
    acquire,
    try: (resources, wanted = {}) => acquire(resources, { ...wanted, timeoutMs: 0 }),
    list: () => context.backend.list(),
    break: async (resource, by) => {
      planSteps([resource], "exclusive", () => []);
      const outcome = await context.backend.break(resource, by);
      if (outcome.kind === "broken") metrics.broke(resource);
      return outcome;
    },
    metrics: metrics.read,
    close: async () => {
      options.contentionLog?.flush();
      await context.backend.close();
    },
  };
}

async function finish<Value>(grant: Grant, work: () => Promise<Value>): Promise<LockOutcome<Value>> {
  let value: Value;
  try {
    value = await work();
  } catch (error) {
    await grant.release();
    throw error;
  }
  const released = await grant.release();
  return released.kind === "released"
    ? { kind: "granted", value, tokens: grant.tokens }
    : { kind: "lost", value, resources: released.resources };
}

/** What the calling context holds of this already; `deadlock` when it would wait for itself. */
function heldAlready(
  step: Step,
  outer: readonly HeldLock[],
  reentrant: boolean,
): OneGrant | "deadlock" | undefined {
  let found: OneGrant | undefined;
  for (const { resource, mode, grant } of outer) {
    if (resource !== step.resource || grant.isLost()) continue;
    if ((reentrant || !step.asked) && covers(mode, step.mode)) found ??= grant;
    else if (!areCompatible(mode, step.mode) && found === undefined) return "deadlock";
  }
  return found;
}

function ownDeadlock(
  step: Step,
  holds: readonly HeldLock[],
  wanted: LockOptions,
  context: TakeContext,
): Refusal {
  const { agent, session } = wanted.holder ?? {};
  const self = {
    agent,
    session,
    ...context.process,
    wants: step.resource,
    holds: holds.map(({ resource }) => resource),
  };
  context.metrics.waited(step.resource, { ending: "deadlocked", waitedMs: 0, contended: true });
  return { kind: "deadlocked", resource: step.resource, ring: [self] };
}

async function releaseAll(added: readonly HeldLock[]): Promise<void> {
  for (const { grant } of added.toReversed()) await grant.release();
}

function checkTimes({ timeoutMs, leaseMs }: LockOptions): number | undefined {
  if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
    throw new GotError("USAGE", `A lock cannot be waited for ${timeoutMs} ms`, { facts: { timeoutMs } });
  }
  if (leaseMs !== undefined && !(leaseMs >= lockLimits.leaseMinMs && Number.isFinite(leaseMs))) {
    throw new GotError("USAGE", `A lease of ${leaseMs} ms is shorter than ${lockLimits.leaseMinMs} ms`, {
      facts: { leaseMs },
    });
  }
  return leaseMs;
}

function asList(resources: string | readonly string[]): readonly string[] {
  return typeof resources === "string" ? [resources] : resources;
}
