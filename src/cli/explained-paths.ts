import type { Explanation } from "../audit/explain.ts";
import { loserOf } from "../audit/loser.ts";
import type { ExplainedPathData } from "./views/explain.ts";

/** An explanation as `--json` and the views have it: every file with the same members. */
export function explainedPaths(
  explanation: Explanation,
  isWanted: (one: { readonly at: string }) => boolean = () => true,
): readonly ExplainedPathData[] {
  return explanation.paths.map(({ path, driver, outcome, committed }) => ({
    path,
    driver,
    outcome: outcome.kind,
    reason: "reason" in outcome ? outcome.reason : null,
    removedBy: "removedBy" in outcome ? outcome.removedBy : null,
    decisions:
      "decisions" in outcome
        ? outcome.decisions.filter(isWanted).map((one) => ({ ...one, lost: loserOf(one) }))
        : [],
    conflicts: "conflicts" in outcome ? outcome.conflicts.filter(isWanted) : [],
    committed: committed.kind,
    differences: committed.kind === "different" ? (committed.differences?.filter(isWanted) ?? null) : [],
  }));
}
