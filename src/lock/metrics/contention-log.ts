import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, unlinkSync, writeSync } from "node:fs";
import path from "node:path";
import { lockLimits } from "../lock-limits.ts";
import type { Timing } from "../timing.ts";

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

const dayFile = /^locks-\d{4}-\d\d-\d\d\.jsonl$/;

/**
 * A file for each day (UTC) in `directory`, one JSON object a line, written with `O_APPEND` in one call for many samples. A day's file stops
 * growing at `lockLimits.contentionDayBytes`; who begins one removes those beyond `lockLimits.contentionDays`.
 */
export function openContentionLog(directory: string, timing: Pick<Timing, "now">): ContentionLog {
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    const text = lines.join("");
    lines = [];
    try {
      append(directory, `locks-${timing.now().toISOString().slice(0, 10)}.jsonl`, text);
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

/** The files of a contention log, oldest day first. */
export function contentionFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => dayFile.test(name))
    .sort();
}

function append(directory: string, name: string, text: string): void {
  mkdirSync(directory, { recursive: true });
  const descriptor = openSync(path.join(directory, name), "a", 0o666);
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.from(text, "utf8");
    if (size + bytes.length > lockLimits.contentionDayBytes) return;
    writeSync(descriptor, bytes);
    if (size > 0) return;
  } finally {
    closeSync(descriptor);
  }
  for (const old of contentionFiles(directory).slice(0, -lockLimits.contentionDays))
    unlinkSync(path.join(directory, old));
}
