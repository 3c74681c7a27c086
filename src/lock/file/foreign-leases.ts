import { lockLimits } from "../lock-limits.ts";
import type { Timing } from "../timing.ts";

/**
 * Watches holders that cannot be judged from here (another host or pid namespace) and promised signs of life: over is a lease
 * whose file did not change while `foreignLeaseMargin` times its length passed on *our* monotonic clock. The two clocks are
 * never compared; the file's time stamp is only looked at for being another one than before.
 */
export interface ForeignLeases {
  readonly isOver: (holder: {
    readonly key: string;
    readonly leaseMs: number | undefined;
    readonly modifiedMs: number;
  }) => boolean;
}

export function createForeignLeases(timing: Timing): ForeignLeases {
  const seen = new Map<string, { modifiedMs: number; atMs: number }>();
  return {
    isOver: ({ key, leaseMs, modifiedMs }) => {
      if (leaseMs === undefined) return false;
      const nowMs = timing.monotonicMs();
      const before = seen.get(key);
      if (before === undefined || before.modifiedMs !== modifiedMs) {
        seen.set(key, { modifiedMs, atMs: nowMs });
        return false;
      }
      return nowMs - before.atMs > leaseMs * lockLimits.foreignLeaseMargin;
    },
  };
}
