import { gunzipSync, gzipSync } from "node:zlib";
import { limits } from "../base/limits.ts";
import { mergeByKind } from "../merge/merge-by-kind.ts";
import type { MergeInputs } from "../merge/merge-result.ts";
import type { DriverKind, Policy } from "../model/policy.ts";

/**
 * What the drivers make of a merge: one file, or where a conflict is left the two that taking either side throughout
 * gives; none where they can't merge it.
 */
export function engineOutcomes(
  kind: DriverKind,
  inputs: MergeInputs,
  options: { readonly path: string; readonly policy: Policy },
): readonly Uint8Array[] {
  const labels = { base: "base", ours: "ours", theirs: "theirs" };
  const merged = mergeByKind(kind, inputs, { ...options, markerSize, labels });
  if (merged.kind === "unmergeable") return [];
  const bytes = Buffer.concat(merged.chunks);
  if (merged.kind === "merged") return [bytes];
  if (kind !== "snapshot") return [takeSide(bytes, "ours"), takeSide(bytes, "theirs")];
  const plain = gunzipSync(bytes, { maxOutputLength: 3 * limits.snapshotBytes });
  return [gzipSync(takeSide(plain, "ours")), gzipSync(takeSide(plain, "theirs"))];
}

/** Inputs that hold such markers are not merged, so every one in the output is ours. */
const markerSize = 7;
const [start, middle, end] = ["<", "=", ">"].map((character) => character.repeat(markerSize));

/** The file that taking one side of every hunk gives. */
export function takeSide(marked: Uint8Array, side: "ours" | "theirs"): Buffer {
  let within: "both" | "ours" | "theirs" = "both";
  const kept: string[] = [];
  for (const line of Buffer.from(marked.buffer, marked.byteOffset, marked.length)
    .toString("latin1")
    .split(/(?<=\n)/)) {
    const content = line.replace(/\r?\n$/, "");
    if (within === "both" && content === `${start} ours`) within = "ours";
    else if (within === "ours" && content === middle) within = "theirs";
    else if (within === "theirs" && content === `${end} theirs`) within = "both";
    else if (within === "both" || within === side) kept.push(line);
  }
  return Buffer.from(kept.join(""), "latin1");
}
