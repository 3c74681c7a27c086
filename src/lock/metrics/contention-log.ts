import { lockLimits } from "../lock-limits.ts";
import type { Timing } from "../timing.ts";
import { appendToDay } from "./day-file.ts";

/** One thing that happened to one lock. Durations are in milliseconds. */
export type LockSample =
  | {
      readonly kind: "wait";
      readonly resource: string;
      readonly ending: "granted" | "timedOut" | "deadlocked" | "aborted";
      readonly ms: number;
      readonly contended: boolean;
    }
  | { readonly kind: "hold"; readonly resource: string; readonly ms: number; readonly lost: boolean }
  | { readonly kind: "break"; readonly resource: string };

/** Where samples of all processes of a repository come together; see {@link readContention}. */
export interface ContentionLog {
  readonly note: (sample: LockSample) => void;
  /** Writes what was noted. Never throws: no lock fails because it cannot be measured. */
  readonly flush: () => void;
}

/** Writes to `locks-<day>.jsonl` in `directory`; see {@link appendToDay}. */
export function openContentionLog(directory: string, timing: Pick<Timing, "now">): ContentionLog {
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    const text = lines.join("");
    lines = [];
    try {
      appendToDay({ directory, stem: lockStem, now: timing.now(), text });
    } catch {
      // A full disk or a directory of somebody else's: there will be no figures.
    }
  };
  return {
    note: (sample) => {
      const rounded = "ms" in sample ? { ...sample, ms: Math.round(sample.ms * 1000) / 1000 } : sample;
      lines.push(`${JSON.stringify({ at: timing.now().toISOString(), ...rounded })}\n`);
      if (lines.length >= lockLimits.contentionBatch) flush();
    },
    flush,
  };
}

/** What the day files of locks are named with. */
export const lockStem = "locks";
