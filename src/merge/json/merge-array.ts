import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonNode } from "../../model/json/json-node.ts";
import { diff3, type Region } from "../sequence/diff3.ts";
import type { Span } from "../sequence/differences.ts";
import { arrangeElements, type ArrayVersions, mergeElement, placeElements } from "./array-elements.ts";
import { covers, type Elements, isDistinct, type KeyedElement, withoutRepeats } from "./distinct-elements.ts";
import { chooseOrConflict, laterSide, type MergeContext, placeOf, type Side } from "./merge-context.ts";
import { keyOf, mergeRecordArray } from "./merge-keyed-array.ts";
import { type OutputContainer, type OutputItem, textOutput } from "./output.ts";

/**
 * Merges arrays that no rule names. Where each element of each version is an object with an `id` of its own, by that;
 * else by place.
 */
export function mergeArray(context: MergeContext, field: string, arrays: ArrayVersions): OutputContainer {
  return mergeRecordArray(context, field, arrays, "id") ?? mergePlaces(context, field, arrays);
}

interface ElementVersions {
  readonly base: Elements;
  readonly ours: Elements;
  readonly theirs: Elements;
}

/**
 * Merges by place: edits in different places both stand, as in a text merge of one element a line; elements that clash
 * one against one are merged inside; what is left conflicts.
 */
function mergePlaces(context: MergeContext, field: string, arrays: ArrayVersions): OutputContainer {
  // Most elements are spelled alike in all versions.
  const known = new Map<string, string>();
  const read = (array: ArrayVersions["base"]): Elements => {
    const placed = placeElements(array);
    return { placed, keys: placed.map(({ element }) => keyOfElement(element.value, known)) };
  };
  const versions = { base: read(arrays.base), ours: read(arrays.ours), theirs: read(arrays.theirs) };
  const regions = diff3({
    base: versions.base.keys,
    ours: versions.ours.keys,
    theirs: versions.theirs.keys,
  });
  const isSet = isDistinct(versions);
  const merged: KeyedElement[] = [];
  let hasConflict = false;
  for (const region of regions) {
    const only = sideOf(region, versions, isSet);
    if (only !== undefined) {
      for (const element of sideElements(versions, only, region[only], "both")) merged.push(element);
    } else if (isPairwise(region, versions)) {
      pushPairs(merged, context, field, versions, region);
    } else {
      const chosen = chooseSide(context, field, versions, region);
      hasConflict ||= chosen === undefined;
      for (const side of chosen === undefined ? (["ours", "theirs"] as const) : [chosen])
        for (const element of sideElements(
          versions,
          side,
          region[side],
          chosen === undefined ? side : "both",
        ))
          merged.push(element);
    }
  }
  return arrangeElements(arrays, isSet ? withoutRepeats(merged, versions, hasConflict) : merged);
}

/** Asks which side's elements stand in a place that both changed. */
function chooseSide(
  context: MergeContext,
  field: string,
  versions: ElementVersions,
  region: Region,
): Side | undefined {
  const text = (name: keyof ElementVersions): string =>
    `[${versions[name].placed
      .slice(region[name].start, region[name].end)
      .map(({ element }) => element.value.raw)
      .join(", ")}]`;
  const choice = chooseOrConflict(context, {
    at: placeOf(context, field),
    reason: "both sides changed the same place of the list",
    base: text("base"),
    ours: text("ours"),
    theirs: text("theirs"),
    newer: laterSide(context),
  });
  // A text would have to stand for some elements of the list; the whole list is given by its place.
  return typeof choice === "string" ? choice : undefined;
}

/** The canonical text of an element, remembered by how it is spelled. */
function keyOfElement(node: JsonNode, known: Map<string, string>): string {
  const key = known.get(node.raw) ?? canonicalJson(node);
  known.set(node.raw, key);
  return key;
}

/** The side that has the region's result as it stands: the only one that changed it, or one that did all the other did. */
function sideOf(region: Region, versions: ElementVersions, isSet: boolean): "ours" | "theirs" | undefined {
  const { kind } = region;
  if (kind === "ours" || kind === "theirs") return kind;
  if (kind !== "clash" || !isSet) return undefined;
  const keys = (name: "base" | "ours" | "theirs"): string[] =>
    versions[name].keys.slice(region[name].start, region[name].end);
  const [base, ours, theirs] = [keys("base"), keys("ours"), keys("theirs")];
  const [oursCovers, theirsCovers] = [covers(base, ours, theirs), covers(base, theirs, ours)];
  // The same elements in two orders: either will do, as long as it is the same one for swapped sides.
  if (oursCovers && theirsCovers) return ours.join() < theirs.join() ? "ours" : "theirs";
  return oursCovers ? "ours" : theirsCovers ? "theirs" : undefined;
}

/** Whether the region's elements stand one against one, and none for another record. */
function isPairwise({ kind, base, ours, theirs }: Region, versions: ElementVersions): boolean {
  const count = ours.end - ours.start;
  if (count !== theirs.end - theirs.start) return false;
  if (kind !== "clash") return true;
  if (count !== base.end - base.start) return false;
  const idOf = (name: keyof ElementVersions, index: number): string | undefined =>
    keyOf(versions[name].placed[index]?.element.value, "id");
  for (let offset = 0; offset < count; offset++) {
    const id = idOf("base", base.start + offset);
    if (id !== idOf("ours", ours.start + offset) || id !== idOf("theirs", theirs.start + offset))
      return false;
  }
  return true;
}

/** Merges the elements one against one. */
function pushPairs(
  merged: KeyedElement[],
  context: MergeContext,
  field: string,
  versions: ElementVersions,
  { kind, base, ours, theirs }: Region,
): void {
  const count = ours.end - ours.start;
  const hasBase = count === base.end - base.start;
  for (let offset = 0; offset < count; offset++) {
    const element = mergeElement(context, field, {
      base: hasBase ? versions.base.placed[base.start + offset] : undefined,
      ours: versions.ours.placed[ours.start + offset],
      theirs: versions.theirs.placed[theirs.start + offset],
    });
    const key = kind === "clash" ? undefined : versions.ours.keys[ours.start + offset];
    if (element !== undefined) merged.push({ ...element, key });
  }
}

/** Elements that stand in one version, for one outcome or for both. */
function* sideElements(
  versions: ElementVersions,
  version: "ours" | "theirs",
  span: Span,
  side: OutputItem["side"],
): Generator<KeyedElement> {
  const nothing = { base: undefined, ours: undefined, theirs: undefined };
  for (let index = span.start; index < span.end; index++) {
    const placed = versions[version].placed[index];
    if (placed === undefined) continue;
    const { element, laid } = placed;
    const key = versions[version].keys[index];
    yield { value: textOutput(element.value.raw), side, ...nothing, [version]: laid, key };
  }
}
