import { mergeArray } from "../json/merge-array.ts";
import type { MergeContext, Versions } from "../json/merge-context.ts";
import { mergeKeyedArray } from "../json/merge-keyed-array.ts";
import { segmentsOf, sideText } from "../json/output.ts";
import { refuse, type RuleOutcome } from "./rule-outcome.ts";

/**
 * Merges a list of records that `key` identifies. A list in which an element has no key, or two have the same, is merged
 * as if no rule named it.
 */
export function mergeList(
  context: MergeContext,
  field: string,
  key: string,
  versions: Versions,
): RuleOutcome {
  const { base, ours, theirs } = versions;
  if (ours?.kind !== "array" || theirs?.kind !== "array") return refuse("rule list needs lists");
  const arrays = { base: base?.kind === "array" ? base : undefined, ours, theirs };
  const output = mergeKeyedArray(context, field, arrays, key) ?? mergeArray(context, field, arrays);
  return { kind: "decided", output, text: sideText(segmentsOf(output), "ours") };
}
