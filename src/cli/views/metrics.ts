import { lockLimits } from "../../lock/lock-limits.ts";
import type { Distribution } from "../../lock/lock.ts";
import type { Contention } from "../../lock/metrics/read-contention.ts";
import type { LongHold } from "../commands/metrics/locks.ts";
import { printable } from "../printable.ts";
import { holderText } from "./lock.ts";

/** A line for each resource, then what deserves attention. */
export function metricsText(
  data: Contention & { readonly since: string; readonly longHolds: readonly LongHold[] },
  now: Date,
): string {
  const lines = data.resources.map((one) => {
    const endings = [
      ["contended", one.contended],
      ["timed out", one.timedOut],
      ["deadlocked", one.deadlocked],
      ["lost", one.lost],
      ["broken", one.broken],
    ] as const;
    const counts = endings.filter(([, count]) => count > 0).map(([name, count]) => `, ${count} ${name}`);
    return [
      `${one.resource}  ${one.attempts} attempts${counts.join("")}`,
      `  waits  ${quantiles(one.waitMs)}`,
      `  holds  ${quantiles(one.holdMs)}`,
    ].join("\n");
  });
  if (lines.length === 0) lines.push(`No locks were taken since ${data.since}.`);
  for (const { kind, resource, count, longestMs } of data.warnings) {
    lines.push(
      kind === "slowWait"
        ? `warning: ${resource}: ${count} waits over ${seconds(lockLimits.slowWaitMs)}, the longest ${seconds(longestMs)}`
        : `alert: ${resource}: ${count} holds over ${seconds(lockLimits.longHoldMs)}, the longest ${seconds(longestMs)}`,
    );
  }
  for (const { resource, holder } of data.longHolds)
    lines.push(`alert: ${resource} is held for long by ${holderText(holder, now)}`);
  if (data.skippedLines > 0)
    lines.push(`note: ${data.skippedLines} lines could not be read and do not count`);
  return printable(`${lines.join("\n")}\n`);
}

function quantiles({ count, p50, p95, p99, max }: Distribution): string {
  if (count === 0) return "none";
  return `p50 ${milliseconds(p50)}  p95 ${milliseconds(p95)}  p99 ${milliseconds(p99)}  max ${milliseconds(max)}`;
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
