import { diff3MergeRegions } from "node-diff3";
import { limits } from "../base/limits.ts";

/** One stretch of a three-way comparison: the same for all once merged, or three versions that clash. */
export type Region =
  | {
      readonly kind: "merged";
      readonly from: "base" | "ours" | "theirs";
      readonly start: number;
      readonly length: number;
    }
  | { readonly kind: "clash"; readonly base: Span; readonly ours: Span; readonly theirs: Span };

/** A run of elements: index of the first, and how many. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/**
 * The diff3 algorithm (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007) over sequences of strings, by node-diff3.
 * Stretches that both sides changed alike count as merged. Inputs that would weigh more than `limits.diffCandidates`
 * pairs come back as one clash.
 */
export function diff3(base: readonly string[], ours: readonly string[], theirs: readonly string[]): Region[] {
  if (candidates(base, ours) + candidates(base, theirs) > limits.diffCandidates) {
    const all = (items: readonly string[]): Span => ({ start: 0, length: items.length });
    return [{ kind: "clash", base: all(base), ours: all(ours), theirs: all(theirs) }];
  }
  return diff3MergeRegions([...ours], [...base], [...theirs]).map((region) => {
    if (region.stable) {
      const from = region.buffer === "a" ? "ours" : region.buffer === "b" ? "theirs" : "base";
      return { kind: "merged", from, start: region.bufferStart, length: region.bufferLength };
    }
    const a = region.aContent;
    const b = region.bContent;
    if (a.length === b.length && a.every((item, index) => item === b[index])) {
      return { kind: "merged", from: "ours", start: region.aStart, length: region.aLength };
    }
    return {
      kind: "clash",
      base: { start: region.oStart, length: region.oLength },
      ours: { start: region.aStart, length: region.aLength },
      theirs: { start: region.bStart, length: region.bLength },
    };
  });
}

/** Merges two edits of one text line by line; undefined where they clash. */
export function mergeText(base: string, ours: string, theirs: string): string | undefined {
  const versions = { base: lines(base), ours: lines(ours), theirs: lines(theirs) };
  const merged: string[] = [];
  for (const region of diff3(versions.base, versions.ours, versions.theirs)) {
    if (region.kind === "clash") return undefined;
    merged.push(...versions[region.from].slice(region.start, region.start + region.length));
  }
  return merged.join("");
}

/** Lines with their line breaks. */
function lines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** How many pairs of equal items a longest-common-subsequence search may have to look at. */
function candidates(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const item of a) counts.set(item, (counts.get(item) ?? 0) + 1);
  let pairs = 0;
  for (const item of b) pairs += counts.get(item) ?? 0;
  return pairs;
}
