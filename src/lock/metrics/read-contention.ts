import type { ResourceMetrics } from "../lock.ts";
import { type LockSample, lockStem } from "./contention-log.ts";
import { linesSince, parseMeasured } from "./day-file.ts";
import { createLockMetrics, type LockWarning } from "./lock-metrics.ts";

/** What the processes of a repository met, as far as they wrote it down. */
export interface Contention {
  readonly resources: readonly ResourceMetrics[];
  /** Waits and holds that were too long, one entry for each resource and kind. */
  readonly warnings: readonly ContentionWarning[];
  /** Lines that are no samples: torn ones, or from a newer version. */
  readonly skippedLines: number;
}

export interface ContentionWarning {
  readonly kind: LockWarning["kind"];
  readonly resource: string;
  readonly count: number;
  readonly longestMs: number;
}

/**
 * Adds up the contention log in `directory` from the day of `since` on.
 *
 * @throws GotError LOCK_UNAVAILABLE when it is there and cannot be read.
 */
export function readContention(directory: string, since: Date): Contention {
  const warnings = new Map<string, ContentionWarning>();
  const metrics = createLockMetrics((warning) => {
    const ms = warning.kind === "slowWait" ? warning.waitedMs : warning.heldMs;
    const { kind, resource } = warning;
    const key = `${kind} ${resource}`;
    const before = warnings.get(key) ?? { kind, resource, count: 0, longestMs: 0 };
    warnings.set(key, { ...before, count: before.count + 1, longestMs: Math.max(before.longestMs, ms) });
  });
  const sinceText = since.toISOString();
  let skippedLines = 0;
  for (const line of linesSince(directory, lockStem, since)) {
    const sample = parseSample(line);
    if (sample === undefined) skippedLines += 1;
    else if (sample.at >= sinceText) add(sample, metrics);
  }
  const resources = [...metrics.read()].sort((a, b) => (a.resource < b.resource ? -1 : 1));
  return { resources, warnings: [...warnings.values()], skippedLines };
}

function add(sample: LockSample, metrics: ReturnType<typeof createLockMetrics>): void {
  const { resource } = sample;
  switch (sample.kind) {
    case "wait":
      return metrics.waited(resource, {
        ending: sample.ending,
        waitedMs: sample.ms,
        contended: sample.contended,
      });
    case "hold":
      return metrics.held(resource, { heldMs: sample.ms, lost: sample.lost });
    case "break":
      return metrics.broke(resource);
  }
}

const endings = ["granted", "timedOut", "deadlocked", "aborted"] as const;

function parseSample(line: string): (LockSample & { readonly at: string }) | undefined {
  const measured = parseMeasured(line);
  if (measured === undefined) return undefined;
  const { at, value } = measured;
  const { resource, kind, ms } = value;
  if (typeof resource !== "string") return undefined;
  if (kind === "break") return { at, kind, resource };
  if (typeof ms !== "number" || !(ms >= 0)) return undefined;
  if (kind === "hold") return { at, kind, resource, ms, lost: value["lost"] === true };
  const ending = endings.find((known) => known === value["ending"]);
  if (kind !== "wait" || ending === undefined) return undefined;
  return { at, kind, resource, ms, ending, contended: value["contended"] === true };
}
