import { lockLimits } from "../lock-limits.ts";
import type { Timing } from "../timing.ts";

/**
 * Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", 2015): each pause is uniform between zero
 * and a ceiling that doubles up to `backoffLongestMs`. At least a tenth of the ceiling, so that no pause is a busy loop.
 */
export function createBackoff(timing: Timing): () => number {
  let ceilingMs: number = lockLimits.backoffFirstMs;
  return () => {
    const pauseMs = ceilingMs * (0.1 + 0.9 * timing.random());
    ceilingMs = Math.min(lockLimits.backoffLongestMs, ceilingMs * 2);
    return pauseMs;
  };
}
