import type { Hold } from "../backend.ts";
import { lockLimits } from "../lock-limits.ts";
import type { Timing } from "../timing.ts";
import { unavailable } from "./lock-files.ts";

/**
 * Watches over one hold of a file lock: looks whether it was broken, and gives signs of life when a lease was promised. A
 * holder that could not give one for a whole lease gives itself up: observers wait several times as long.
 */
export function keepHold(options: {
  readonly token: number;
  readonly since: string;
  readonly leaseMs: number | undefined;
  readonly timing: Timing;
  readonly directory: string;
  readonly stillOurs: () => boolean;
  readonly touch: () => void;
  readonly giveBack: () => "released" | "lost";
}): Hold {
  const { leaseMs, timing } = options;
  let listener: (() => void) | undefined;
  let lost = false;
  let lastBeatMs = timing.monotonicMs();

  const lose = (): void => {
    clearInterval(timer);
    if (!lost) listener?.();
    lost = true;
  };
  const check = (): void => {
    try {
      if (!options.stillOurs()) return lose();
      if (leaseMs === undefined) return undefined;
      options.touch();
      lastBeatMs = timing.monotonicMs();
    } catch {
      // A directory that cannot be read now may be readable at the next look; a lease must not run out unnoticed.
      if (leaseMs !== undefined && timing.monotonicMs() - lastBeatMs > leaseMs) lose();
    }
    return undefined;
  };
  const everyMs =
    leaseMs === undefined ? lockLimits.lossCheckMs : Math.min(lockLimits.lossCheckMs, leaseMs / 3);
  const timer = setInterval(check, everyMs);
  timer.unref();

  const release = async (): Promise<"released" | "lost"> => {
    clearInterval(timer);
    try {
      const overdue =
        leaseMs !== undefined && timing.monotonicMs() - lastBeatMs > leaseMs * lockLimits.foreignLeaseMargin;
      const outcome = options.giveBack();
      return overdue ? "lost" : outcome;
    } catch (cause) {
      throw unavailable(options.directory, cause);
    }
  };

  return {
    token: options.token,
    since: options.since,
    onLost: (added) => {
      listener = added;
    },
    release,
  };
}
