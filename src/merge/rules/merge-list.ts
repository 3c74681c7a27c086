import type { ArrayVersions } from "../json/array-elements.ts";
import { mergeArray } from "../json/merge-array.ts";
import type { MergeContext, Versions } from "../json/merge-context.ts";
import { mergeRecordArray, mergeValueArray } from "../json/merge-keyed-array.ts";
import { type OutputContainer, segmentsOf, sideText } from "../json/output.ts";
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
  const arrays = arraysOf(versions);
  if (arrays === undefined) return refuse("rule list needs lists");
  return decidedList(mergeRecordArray(context, field, arrays, key) ?? mergeArray(context, field, arrays));
}

/** Three-way set: what either side added is in, what either side removed is out; order is merged, duplicates are not kept. */
export function mergeSet(context: MergeContext, field: string, versions: Versions): RuleOutcome {
  const arrays = arraysOf(versions);
  return arrays === undefined
    ? refuse("rule set needs lists")
    : decidedList(mergeValueArray(context, field, arrays));
}

function arraysOf({ base, ours, theirs }: Versions): ArrayVersions | undefined {
  if (ours?.kind !== "array" || theirs?.kind !== "array") return undefined;
  return { base: base?.kind === "array" ? base : undefined, ours, theirs };
}

function decidedList(output: OutputContainer): RuleOutcome {
  return { kind: "decided", output, text: sideText(segmentsOf(output), "ours") };
}
