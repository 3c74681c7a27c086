import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonArray, JsonElement } from "../../model/json/json-node.ts";
import { pickAny } from "../pick.ts";
import { diff3, type Span } from "../text-merge.ts";
import { type LaidItem, laidItems, layoutOf, spaceBefore } from "./layout.ts";
import { type MergeContext, placeOf } from "./merge-context.ts";
import { type Output, type OutputContainer, type OutputItem, textOutput } from "./output.ts";

export interface ArrayVersions {
  readonly base: JsonArray | undefined;
  readonly ours: JsonArray;
  readonly theirs: JsonArray;
}

/** One element of a merged array, with the versions it came from. */
export interface MergedElement {
  readonly value: Output;
  readonly side: OutputItem["side"];
  readonly base: LaidItem | undefined;
  readonly ours: LaidItem | undefined;
  readonly theirs: LaidItem | undefined;
}

/**
 * Merges arrays that no rule names: edits in different places both stand, as in a text merge of one element a line;
 * elements that clash one against one are merged inside; what is left conflicts.
 */
export function mergeArray(context: MergeContext, field: string, arrays: ArrayVersions): OutputContainer {
  const elements = {
    base: placeElements(arrays.base),
    ours: placeElements(arrays.ours),
    theirs: placeElements(arrays.theirs),
  };
  const keys = (items: readonly PlacedElement[]): string[] =>
    items.map(({ element }) => canonicalJson(element.value));
  const merged: MergedElement[] = [];
  const regions = diff3(keys(elements.base), keys(elements.ours), keys(elements.theirs));
  for (const region of regions) {
    const { kind, base, ours, theirs } = region;
    if (kind === "ours" || kind === "theirs") {
      merged.push(...sideElements(kind, elements[kind], region[kind], "both"));
      continue;
    }
    const [was, count] = [base.end - base.start, ours.end - ours.start];
    if (count === theirs.end - theirs.start && (kind !== "clash" || count === was)) {
      for (let offset = 0; offset < count; offset++) {
        const element = mergeElement(context, field, {
          base: count === was ? elements.base[base.start + offset] : undefined,
          ours: elements.ours[ours.start + offset],
          theirs: elements.theirs[theirs.start + offset],
        });
        if (element !== undefined) merged.push(element);
      }
      continue;
    }
    context.conflicts.push({
      at: placeOf(context, field),
      reason: "both sides changed the same place of the list",
    });
    merged.push(
      ...sideElements("ours", elements.ours, ours, "ours"),
      ...sideElements("theirs", elements.theirs, theirs, "theirs"),
    );
  }
  return arrangeElements(arrays, merged);
}

/** An element with its place in its version. */
export interface PlacedElement {
  readonly element: JsonElement;
  readonly laid: LaidItem;
}

/** Merges one element whose versions are known. */
export function mergeElement(
  context: MergeContext,
  field: string,
  versions: {
    base: PlacedElement | undefined;
    ours: PlacedElement | undefined;
    theirs: PlacedElement | undefined;
  },
): MergedElement | undefined {
  const values = {
    base: versions.base?.element.value,
    ours: versions.ours?.element.value,
    theirs: versions.theirs?.element.value,
  };
  const value = context.mergeValue(context, field, values, { isElement: true });
  if (value === undefined) return undefined;
  return {
    value,
    side: "both",
    base: versions.base?.laid,
    ours: versions.ours?.laid,
    theirs: versions.theirs?.laid,
  };
}

/** Gives merged elements their white space. */
export function arrangeElements(arrays: ArrayVersions, merged: readonly MergedElement[]): OutputContainer {
  const laid = (array: JsonArray) => ({ items: array.elements, close: array.close });
  const layout = layoutOf(
    { base: arrays.base && laid(arrays.base), ours: laid(arrays.ours), theirs: laid(arrays.theirs) },
    merged.length,
  );
  const counts = { ours: 0, theirs: 0 };
  const items = merged.map((element): OutputItem => {
    const { base, ours, theirs } = element;
    const index = element.side === "both" ? counts.ours + counts.theirs : counts[element.side];
    if (element.side !== "theirs") counts.ours++;
    if (element.side !== "ours") counts.theirs++;
    return {
      before: spaceBefore(index, layout, { base, ours, theirs }),
      lead: "",
      value: element.value,
      after: pickAny(base?.after, ours?.after, theirs?.after) ?? "",
      side: element.side,
    };
  });
  return { kind: "array", items, close: layout.close };
}

/** The elements of one version, each with its place. */
export function placeElements(array: JsonArray | undefined): PlacedElement[] {
  const laid = laidItems(array?.elements ?? []);
  return (array?.elements ?? []).flatMap((element, index) => {
    const item = laid[index];
    return item === undefined ? [] : [{ element, laid: item }];
  });
}

/** Elements that stand in one version, for one outcome or for both. */
function sideElements(
  version: "ours" | "theirs",
  elements: readonly PlacedElement[],
  span: Span,
  side: OutputItem["side"],
): MergedElement[] {
  return elements.slice(span.start, span.end).map(({ element, laid }) => {
    const nothing = { base: undefined, ours: undefined, theirs: undefined };
    return { value: textOutput(element.value.raw), side, ...nothing, [version]: laid };
  });
}
