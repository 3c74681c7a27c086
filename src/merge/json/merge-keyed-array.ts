import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonArray, JsonNode, JsonObject } from "../../model/json/json-node.ts";
import { mergeOrder } from "../sequence/merge-order.ts";
import {
  arrangeElements,
  type ArrayVersions,
  mergeElement,
  type MergedElement,
  type PlacedElement,
  placeElements,
} from "./array-elements.ts";
import type { MergeContext } from "./merge-context.ts";
import type { OutputContainer } from "./output.ts";

/**
 * Merges arrays of records: elements are matched by their member `key`, merged inside, and keep a move that one side
 * made. Undefined when an element of any version has no such member, or two of one version have the same.
 */
export function mergeKeyedArray(
  context: MergeContext,
  field: string,
  arrays: ArrayVersions,
  key: string,
): OutputContainer | undefined {
  const base = byKey(arrays.base, key);
  const ours = byKey(arrays.ours, key);
  const theirs = byKey(arrays.theirs, key);
  if (base === undefined || ours === undefined || theirs === undefined) return undefined;
  const merged = new Map<string, MergedElement>();
  for (const id of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    const versions = { base: base.get(id), ours: ours.get(id), theirs: theirs.get(id) };
    const element = mergeElement(context, field, versions);
    if (element !== undefined) merged.set(id, element);
  }
  const order = mergeOrder({
    base: [...base.keys()],
    ours: [...ours.keys()],
    theirs: [...theirs.keys()],
    survivors: new Set(merged.keys()),
  });
  return arrangeElements(
    arrays,
    order.flatMap((id) => merged.get(id) ?? []),
  );
}

/** The canonical text of an object's member `key`, if that can identify it. */
export function keyOf(node: JsonNode | undefined, key: string): string | undefined {
  const value = node?.kind === "object" ? memberOf(node, key) : undefined;
  return value?.kind === "scalar" && value.raw !== "null" ? canonicalJson(value) : undefined;
}

function memberOf(object: JsonObject, key: string): JsonNode | undefined {
  return object.members.find((candidate) => candidate.key === key)?.value;
}

/** Elements by the canonical text of their key; undefined when one has none or two share one. */
function byKey(array: JsonArray | undefined, key: string): ReadonlyMap<string, PlacedElement> | undefined {
  const found = new Map<string, PlacedElement>();
  for (const item of placeElements(array)) {
    const id = keyOf(item.element.value, key);
    if (id === undefined || found.has(id)) return undefined;
    found.set(id, item);
  }
  return found;
}
