import type { Decision } from "../merge/merge-result.ts";

/** Which side's value a decision did not take; null where it put both together. */
export type Loser = "ours" | "theirs" | "both" | null;

const combining: ReadonlySet<Decision["rule"]> = new Set(["counter", "set", "list", "text", "object"]);

/** Says whose value lost. */
export function loserOf({ rule, ours, theirs, result }: Decision): Loser {
  if (combining.has(rule)) return null;
  const [oursLost, theirsLost] = [ours !== result, theirs !== result];
  if (oursLost && theirsLost) return "both";
  return oursLost ? "ours" : theirsLost ? "theirs" : null;
}
