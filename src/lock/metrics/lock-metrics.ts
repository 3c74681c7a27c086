import { lockLimits } from "../lock-limits.ts";
import type { ResourceMetrics } from "../lock.ts";
import type { LockSample } from "./contention-log.ts";
import { createDistribution, type DistributionCounter } from "./distribution.ts";

/** What deserves somebody's attention; the caller decides who hears of it. */
export type LockWarning =
  | { readonly kind: "slowWait"; readonly resource: string; readonly waitedMs: number }
  | { readonly kind: "longHold"; readonly resource: string; readonly heldMs: number };

type Ending = "granted" | "timedOut" | "deadlocked" | "aborted";

/** Contention by resource, as one process sees it. */
export interface LockMetrics {
  readonly waited: (
    resource: string,
    how: { readonly ending: Ending; readonly waitedMs: number; readonly contended: boolean },
  ) => void;
  readonly held: (resource: string, how: { readonly heldMs: number; readonly lost: boolean }) => void;
  readonly broke: (resource: string) => void;
  readonly read: () => readonly ResourceMetrics[];
}

interface Counters {
  attempts: number;
  granted: number;
  contended: number;
  timedOut: number;
  deadlocked: number;
  lost: number;
  broken: number;
  readonly waitMs: DistributionCounter;
  readonly holdMs: DistributionCounter;
}

/** `note` hears of every sample besides, e.g. to write it down. */
export function createLockMetrics(
  warn: (warning: LockWarning) => void,
  note: (sample: LockSample) => void = () => {},
): LockMetrics {
  const byResource = new Map<string, Counters>();
  const countersOf = (resource: string): Counters => {
    let counters = byResource.get(resource);
    if (counters === undefined) {
      // The longest unused makes room: entities come and go, and this table must not grow with them.
      if (byResource.size >= lockLimits.resourcesMeasured)
        byResource.delete(byResource.keys().next().value ?? "");
      counters = newCounters();
      byResource.set(resource, counters);
    }
    return counters;
  };

  return {
    waited: (resource, { ending, waitedMs, contended }) => {
      const counters = countersOf(resource);
      counters.attempts += 1;
      if (contended) counters.contended += 1;
      if (ending !== "aborted") counters[ending] += 1;
      counters.waitMs.add(waitedMs);
      note({ kind: "wait", resource, ending, ms: waitedMs, contended });
      if (waitedMs > lockLimits.slowWaitMs) warn({ kind: "slowWait", resource, waitedMs });
    },
    held: (resource, { heldMs, lost }) => {
      const counters = countersOf(resource);
      if (lost) counters.lost += 1;
      counters.holdMs.add(heldMs);
      note({ kind: "hold", resource, ms: heldMs, lost });
      if (heldMs > lockLimits.longHoldMs) warn({ kind: "longHold", resource, heldMs });
    },
    broke: (resource) => {
      countersOf(resource).broken += 1;
      note({ kind: "break", resource });
    },
    read: () =>
      [...byResource].map(([resource, { waitMs, holdMs, ...counts }]) => ({
        resource,
        ...counts,
        waitMs: waitMs.read(),
        holdMs: holdMs.read(),
      })),
  };
}

function newCounters(): Counters {
  return {
    attempts: 0,
    granted: 0,
    contended: 0,
    timedOut: 0,
    deadlocked: 0,
    lost: 0,
    broken: 0,
    waitMs: createDistribution(),
    holdMs: createDistribution(),
  };
}
