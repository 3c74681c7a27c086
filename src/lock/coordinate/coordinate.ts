import type { Grant, LockOptions, Locks, Refusal } from "../lock.ts";
import { lockLimits } from "../lock-limits.ts";
import { systemTiming, type Timing } from "../timing.ts";
import { createBackoff } from "../waiting/backoff.ts";
import { createContentionGauge } from "./contention-gauge.ts";
import { isCritical } from "./critical-resources.ts";

/** What one attempt found: it is done, or somebody else changed what it had read (its compare-and-swap failed). */
export type Attempted<Value> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "conflict" };

/** How an attempt is made. */
export type Turn =
  | { readonly kind: "optimistic"; readonly attempt: number }
  | { readonly kind: "pessimistic"; readonly attempt: number; readonly grant: Grant };

export type Coordinated<Value> =
  | { readonly kind: "done"; readonly value: Value; readonly how: Turn["kind"]; readonly attempts: number }
  /** Every attempt failed, the last ones under the lock: somebody writes without it. */
  | { readonly kind: "conflict"; readonly attempts: number }
  /** The lock was lost under the last attempt, whose result may overlap with another's. */
  | { readonly kind: "lost"; readonly resources: readonly string[]; readonly attempts: number }
  | Refusal;

/** Runs work that checks at its end whether what it read still holds. */
export type Coordinate = <Value>(
  resource: string,
  work: (turn: Turn) => Promise<Attempted<Value>>,
  options?: LockOptions,
) => Promise<Coordinated<Value>>;

/**
 * Makes `coordinate()`: critical resources are locked, others are tried without a lock and again after a random pause when they conflict. A
 * resource on which attempts mostly conflict is locked too, until the lock is mostly found free.
 */
export function createCoordinate(options: {
  readonly locks: Locks;
  /** Patterns of critical resources beside those by default. */
  readonly critical?: readonly string[];
  readonly timing?: Timing;
}): Coordinate {
  const { locks, critical = [] } = options;
  const timing = options.timing ?? systemTiming;
  const gauge = createContentionGauge();

  return async (resource, work, wanted = {}) => {
    const backoff = createBackoff(timing);
    let attempt = 0;
    while (
      !isCritical(resource, critical) &&
      !gauge.isHot(resource) &&
      attempt < lockLimits.optimisticTries
    ) {
      attempt += 1;
      const attempted = await work({ kind: "optimistic", attempt });
      gauge.note(resource, attempted.kind === "conflict");
      if (attempted.kind === "done") return { ...attempted, how: "optimistic", attempts: attempt };
      await timing.sleep(backoff(), wanted.signal);
      if (wanted.signal?.aborted === true) return { kind: "aborted", resource, reason: wanted.signal.reason };
    }
    return lockAndWork({ attempt, resource, work, wanted });
  };

  async function lockAndWork<Value>(state: {
    attempt: number;
    readonly resource: string;
    readonly work: (turn: Turn) => Promise<Attempted<Value>>;
    readonly wanted: LockOptions;
  }): Promise<Coordinated<Value>> {
    const { resource, work, wanted } = state;
    let { attempt } = state;
    const lastAttempt = attempt + lockLimits.optimisticTries;
    const run = async (grant: Grant): Promise<Attempted<Value>> => {
      let attempted: Attempted<Value> = { kind: "conflict" };
      while (attempted.kind === "conflict" && attempt < lastAttempt && !grant.signal.aborted) {
        attempt += 1;
        attempted = await work({ kind: "pessimistic", attempt, grant });
      }
      return attempted;
    };
    // A first try that does not wait tells whether anybody is there at all.
    let outcome = await locks.withLock(resource, { ...wanted, timeoutMs: 0 }, run);
    gauge.note(resource, outcome.kind === "timedOut");
    if (outcome.kind === "timedOut" && wanted.timeoutMs !== 0)
      outcome = await locks.withLock(resource, wanted, run);
    switch (outcome.kind) {
      case "granted":
        return outcome.value.kind === "done"
          ? { ...outcome.value, how: "pessimistic", attempts: attempt }
          : { kind: "conflict", attempts: attempt };
      case "lost":
        return { kind: "lost", resources: outcome.resources, attempts: attempt };
      case "timedOut":
      case "deadlocked":
      case "aborted":
        return outcome;
    }
  }
}
