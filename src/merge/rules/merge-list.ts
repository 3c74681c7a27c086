import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonArray, JsonNode } from "../../model/json/json-node.ts";
import {
  arrangeElements,
  mergeArray,
  mergeElement,
  type MergedElement,
  type PlacedElement,
  placeElements,
} from "../json/merge-array.ts";
import type { MergeContext, Versions } from "../json/merge-context.ts";
import { segmentsOf, sideText } from "../json/output.ts";
import { mergeOrder } from "../sequence/merge-order.ts";
import { refuse, type RuleOutcome } from "./rule-outcome.ts";

/**
 * Merges a list of records: elements are matched by `key`, merged as records, and keep a move that one side made.
 * A list in which an element has no key, or two have the same, is merged by place instead.
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
  const found = { base: byKey(arrays.base, key), ours: byKey(ours, key), theirs: byKey(theirs, key) };
  const output =
    found.base === undefined || found.ours === undefined || found.theirs === undefined
      ? mergeArray(context, field, arrays)
      : arrangeElements(
          arrays,
          mergeRecords(context, field, { base: found.base, ours: found.ours, theirs: found.theirs }),
        );
  return { kind: "decided", output, text: sideText(segmentsOf(output), "ours") };
}

type Records = ReadonlyMap<string, PlacedElement>;

function mergeRecords(
  context: MergeContext,
  field: string,
  records: { base: Records; ours: Records; theirs: Records },
): MergedElement[] {
  const merged = new Map<string, MergedElement>();
  for (const id of [...new Set([...records.ours.keys(), ...records.theirs.keys()])].sort()) {
    const element = mergeElement(context, field, {
      base: records.base.get(id),
      ours: records.ours.get(id),
      theirs: records.theirs.get(id),
    });
    if (element !== undefined) merged.set(id, element);
  }
  const order = mergeOrder({
    base: [...records.base.keys()],
    ours: [...records.ours.keys()],
    theirs: [...records.theirs.keys()],
    survivors: new Set(merged.keys()),
  });
  return order.flatMap((id) => merged.get(id) ?? []);
}

/** Elements by the canonical text of their key; undefined when one has none or two share one. */
function byKey(array: JsonArray | undefined, key: string): Records | undefined {
  const found = new Map<string, PlacedElement>();
  for (const item of placeElements(array)) {
    const id = keyOf(item.element.value, key);
    if (id === undefined || found.has(id)) return undefined;
    found.set(id, item);
  }
  return found;
}

function keyOf(node: JsonNode, key: string): string | undefined {
  if (node.kind !== "object") return undefined;
  const member = node.members.find((candidate) => candidate.key === key);
  return member?.value.kind === "scalar" && member.value.raw !== "null"
    ? canonicalJson(member.value)
    : undefined;
}
