import type { Distribution } from "../lock.ts";

/** Upper bounds of the buckets in milliseconds: each twice the one before, from 1/16 ms to over two hours. */
const bucketCount = 28;
const firstBoundMs = 1 / 16;

/** Counts durations in a fixed number of buckets, so that it never grows. */
export interface DistributionCounter {
  readonly add: (durationMs: number) => void;
  readonly read: () => Distribution;
}

export function createDistribution(): DistributionCounter {
  const buckets = Array.from({ length: bucketCount }, () => 0);
  let count = 0;
  let max = 0;

  const quantile = (share: number): number => {
    let remaining = Math.ceil(count * share);
    for (const [index, size] of buckets.entries()) {
      remaining -= size;
      if (remaining <= 0) return Math.min(max, firstBoundMs * 2 ** index);
    }
    return max;
  };

  return {
    add: (durationMs) => {
      const index = Math.max(0, Math.ceil(Math.log2(durationMs / firstBoundMs)));
      const bucket = Math.min(bucketCount - 1, Number.isFinite(index) ? index : 0);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      count += 1;
      max = Math.max(max, durationMs);
    },
    read: () =>
      count === 0
        ? { count, p50: 0, p95: 0, p99: 0, max }
        : { count, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max },
  };
}
