import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonArray, JsonNode } from "../../model/json/json-node.ts";
import { mergeKeyOrder } from "../sequence/merge-order.ts";
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

type KeyedElements = ReadonlyMap<string, PlacedElement>;

/**
 * Merges arrays of records: elements are matched by their member `key`, merged inside, and keep a move that one side
 * made. Undefined when an element of any version has no such member, or two of one version have the same.
 */
export function mergeRecordArray(
  context: MergeContext,
  field: string,
  arrays: ArrayVersions,
  key: string,
): OutputContainer | undefined {
  const [base, ours, theirs] = [
    byMember(arrays.base, key),
    byMember(arrays.ours, key),
    byMember(arrays.theirs, key),
  ];
  if (base === undefined || ours === undefined || theirs === undefined) return undefined;
  return mergeKeyed(context, field, arrays, { base, ours, theirs });
}

/** Merges arrays as sets of values: removals are honoured, and of elements that are alike only the first is kept. */
export function mergeValueArray(
  context: MergeContext,
  field: string,
  arrays: ArrayVersions,
): OutputContainer {
  return mergeKeyed(context, field, arrays, {
    base: byValue(arrays.base),
    ours: byValue(arrays.ours),
    theirs: byValue(arrays.theirs),
  });
}

/** The canonical text of an object's member `key`, if that can identify it. */
export function keyOf(node: JsonNode | undefined, key: string): string | undefined {
  if (node?.kind !== "object") return undefined;
  const value = node.members.find((candidate) => candidate.key === key)?.value;
  return value?.kind === "scalar" && value.raw !== "null" ? canonicalJson(value) : undefined;
}

function mergeKeyed(
  context: MergeContext,
  field: string,
  arrays: ArrayVersions,
  keyed: { base: KeyedElements; ours: KeyedElements; theirs: KeyedElements },
): OutputContainer {
  const outer = context.element === undefined ? "" : `${context.element} `;
  const merged = new Map<string, MergedElement>();
  for (const key of [...new Set([...keyed.ours.keys(), ...keyed.theirs.keys()])].sort()) {
    const versions = { base: keyed.base.get(key), ours: keyed.ours.get(key), theirs: keyed.theirs.get(key) };
    const element = mergeElement({ ...context, element: outer + key }, field, versions);
    if (element !== undefined) merged.set(key, element);
  }
  const order = mergeKeyOrder(keyed, new Set(merged.keys()));
  return arrangeElements(
    arrays,
    order.flatMap((key) => merged.get(key) ?? []),
  );
}

/** Elements by the canonical text of a member; undefined when one has none or two share one. */
function byMember(array: JsonArray | undefined, key: string): KeyedElements | undefined {
  const found = new Map<string, PlacedElement>();
  for (const item of placeElements(array)) {
    const id = keyOf(item.element.value, key);
    if (id === undefined || found.has(id)) return undefined;
    found.set(id, item);
  }
  return found;
}

function byValue(array: JsonArray | undefined): KeyedElements {
  const found = new Map<string, PlacedElement>();
  for (const item of placeElements(array)) {
    const key = canonicalJson(item.element.value);
    if (!found.has(key)) found.set(key, item);
  }
  return found;
}
