import { readFileSync } from "node:fs";
import path from "node:path";
import { systemCode, unavailable } from "../file/lock-files.ts";
import type { ResourceMetrics } from "../lock.ts";
import { contentionFiles, type LockSample } from "./contention-log.ts";
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
  for (const name of filesSince(directory, sinceText)) {
    for (const line of readText(directory, name).split("\n")) {
      if (line === "") continue;
      const sample = parseSample(line);
      if (sample === undefined) skippedLines += 1;
      else if (sample.at >= sinceText) add(sample, metrics);
    }
  }
  const resources = [...metrics.read()].sort((a, b) => (a.resource < b.resource ? -1 : 1));
  return { resources, warnings: [...warnings.values()], skippedLines };
}

function filesSince(directory: string, since: string): string[] {
  try {
    return contentionFiles(directory).filter((name) => name >= `locks-${since.slice(0, 10)}`);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return [];
    throw unavailable(directory, cause);
  }
}

function readText(directory: string, name: string): string {
  try {
    return readFileSync(path.join(directory, name), "utf8");
  } catch (cause) {
    // Removed as too old meanwhile.
    if (systemCode(cause) === "ENOENT") return "";
    throw unavailable(directory, cause);
  }
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
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const sample: { [key: string]: unknown } = { ...value };
  const { at, resource, kind, ms } = sample;
  if (typeof at !== "string" || typeof resource !== "string") return undefined;
  if (kind === "break") return { at, kind, resource };
  if (typeof ms !== "number" || !(ms >= 0)) return undefined;
  if (kind === "hold") return { at, kind, resource, ms, lost: sample["lost"] === true };
  const ending = endings.find((known) => known === sample["ending"]);
  if (kind !== "wait" || ending === undefined) return undefined;
  return { at, kind, resource, ms, ending, contended: sample["contended"] === true };
}
