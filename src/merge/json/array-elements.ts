import type { JsonArray, JsonElement } from "../../model/json/json-node.ts";
import { pickAny } from "../pick.ts";
import { type LaidItem, laidItems, layoutOf, spaceBefore } from "./layout.ts";
import type { MergeContext } from "./merge-context.ts";
import type { Output, OutputContainer, OutputItem } from "./output.ts";

export interface ArrayVersions {
  readonly base: JsonArray | undefined;
  readonly ours: JsonArray;
  readonly theirs: JsonArray;
}

/** An element with its place in its version. */
export interface PlacedElement {
  readonly element: JsonElement;
  readonly laid: LaidItem;
}

/** One element of a merged array, with the versions it came from. */
export interface MergedElement {
  readonly value: Output;
  readonly side: OutputItem["side"];
  readonly base: LaidItem | undefined;
  readonly ours: LaidItem | undefined;
  readonly theirs: LaidItem | undefined;
}

/** The elements of one version, each with its place. */
export function placeElements(array: JsonArray | undefined): PlacedElement[] {
  const laid = laidItems(array?.elements ?? []);
  return (array?.elements ?? []).flatMap((element, index) => {
    const item = laid[index];
    return item === undefined ? [] : [{ element, laid: item }];
  });
}

/** Merges one element whose versions are known; undefined when the result has none. */
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
