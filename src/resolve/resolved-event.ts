import { sha256Hex } from "../base/sha256.ts";
import type { MergeSides } from "../git/merge-sides.ts";
import type { Decision } from "../merge/merge-result.ts";
import type { FilePlan } from "./plan-files.ts";

/** The event `merge.resolved`: which versions of one file became what, and who decided each field. */
export type ResolvedEvent = Readonly<Record<string, unknown>> & {
  readonly event: "merge.resolved";
  readonly id: string;
};

/** Characters of the decisions in one event; beyond, values are left out: the versions' ids say where to find them. */
const decisionsLength = 64 * 1024;

/**
 * Describes one file that was resolved. The id comes from the versions and the result: resolved again after a crash, it is
 * the same event.
 *
 * @param result blob id; null when the file was removed or what stands in the work tree was staged.
 */
export function resolvedEvent(plan: FilePlan, sides: MergeSides, result: string | null): ResolvedEvent {
  const { unmerged, outcome } = plan;
  const versions = {
    base: unmerged.base?.oid ?? null,
    ours: unmerged.ours?.oid ?? null,
    theirs: unmerged.theirs?.oid ?? null,
    result,
  };
  const decisions = "decisions" in outcome ? outcome.decisions : [];
  const identity = sha256Hex(JSON.stringify([unmerged.name, versions, outcome.kind])).slice(0, 32);
  return {
    event: "merge.resolved",
    id: `merge.resolved:${identity}`,
    path: unmerged.path,
    outcome: outcome.kind,
    during: sides.operation,
    ours_commit: sides.ours.commit,
    theirs_commit: sides.theirs.commit,
    ...versions,
    decisions: withinLength(decisions),
  };
}

function withinLength(decisions: readonly Decision[]): readonly Partial<Decision>[] {
  if (JSON.stringify(decisions).length <= decisionsLength) return decisions;
  const named = decisions.map(({ at, rule }) => ({ at, rule }));
  return named.slice(0, Math.floor(decisionsLength / (JSON.stringify(named).length / named.length)));
}
