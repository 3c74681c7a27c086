import type { Hold } from "../backend.ts";
import type { Timing } from "../timing.ts";

/**
 * Keeps one lease on a server alive, and tells its holder as soon as it may be gone: when the server says so, or when no renewal was
 * answered for a whole lease, by our own monotonic clock. Hope is no answer.
 */
export function keepLease(options: {
  readonly token: number;
  readonly since: string;
  readonly leaseMs: number;
  readonly timing: Timing;
  /** When the request that was granted went out. */
  readonly renewedMs: number;
  readonly renew: () => Promise<boolean>;
  readonly release: () => Promise<boolean>;
}): Hold {
  const { leaseMs, timing } = options;
  let { renewedMs } = options;
  let listener: (() => void) | undefined;
  let state: "held" | "lost" | "released" = "held";

  const lose = (): void => {
    if (state !== "held") return;
    state = "lost";
    clearInterval(timer);
    listener?.();
  };
  const renew = async (): Promise<void> => {
    if (timing.monotonicMs() - renewedMs > leaseMs) return lose();
    const askedMs = timing.monotonicMs();
    try {
      if (!(await options.renew())) return lose();
      renewedMs = askedMs;
    } catch {
      // No answer is no loss yet: the next turn of the timer asks again, and the clock above decides.
    }
    return undefined;
  };
  const timer = setInterval(() => void renew(), leaseMs / 3);
  timer.unref();

  return {
    token: options.token,
    since: options.since,
    onLost: (added) => {
      listener = added;
      if (state === "lost") added();
    },
    release: async () => {
      const overdue = state === "lost" || timing.monotonicMs() - renewedMs > leaseMs;
      if (state === "held") state = "released";
      clearInterval(timer);
      // Asked even when overdue: nothing of ours may stay behind.
      const ended = await options.release();
      return ended && !overdue ? "released" : "lost";
    },
  };
}
