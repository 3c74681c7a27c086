import { gunzipSync as inflate } from "node:zlib";
import { gzipSync } from "fflate";
import { limits } from "../base/limits.ts";
import { mergeDocuments } from "./merge-entity.ts";
import type { Merge, MergeInputs } from "./merge-result.ts";
import { trivialMerge } from "./trivial-merge.ts";

/**
 * Merges three versions of a gzipped JSON document (`.got/snapshots/*.json.gz`) field by field, by the policy of type
 * `snapshot`. A conflict is written as a gzipped document with markers, so that both sides are in it.
 * Corrupt or truncated gzip, and what would inflate to more than `limits.snapshotBytes`, is `unmergeable`.
 */
export const mergeSnapshot: Merge = (inputs, options) => {
  const trivial = trivialMerge(inputs);
  if (trivial !== undefined) return trivial;
  const plain: { -readonly [Name in keyof MergeInputs]: MergeInputs[Name] } = { ...inputs };
  for (const name of ["base", "ours", "theirs"] as const) {
    const bytes = inputs[name];
    if (bytes === null || bytes.length === 0) continue;
    try {
      plain[name] = inflate(bytes, { maxOutputLength: limits.snapshotBytes });
    } catch (error) {
      return { kind: "unmergeable", reason: `${name} is not a readable gzip file: ${reasonOf(error)}` };
    }
  }
  const result = trivialMerge(plain) ?? mergeDocuments(plain, options, "snapshot");
  return result.kind === "unmergeable"
    ? result
    : { ...result, chunks: [encodeSnapshot(Buffer.concat(result.chunks))] };
};

/**
 * Compresses to the same bytes on every machine: a fixed header (no time, no name) and a compressor written in
 * JavaScript, because the output of the zlib that Node was built with differs between versions and processors.
 */
export function encodeSnapshot(plain: Uint8Array): Uint8Array {
  return gzipSync(plain, { level: 9, mtime: 0 });
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_BUFFER_TOO_LARGE") return `it holds more than ${limits.snapshotBytes} bytes`;
  return error instanceof Error ? error.message : String(error);
}
