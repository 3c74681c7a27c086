import type { MergeInputs, MergeResult } from "./merge-result.ts";

/**
 * The merge where a side equals the base or the other side byte for byte: right for any content, readable or not.
 * Without a base, an empty side has added nothing.
 */
export function trivialMerge({ base: known, ours, theirs }: MergeInputs): MergeResult | undefined {
  const base = known ?? new Uint8Array();
  if (equal(ours, theirs) || equal(base, theirs)) return { kind: "merged", chunks: [ours], decisions: [] };
  if (equal(base, ours)) return { kind: "merged", chunks: [theirs], decisions: [] };
  return undefined;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
