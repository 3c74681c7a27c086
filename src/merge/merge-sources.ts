import { pathRuleFor } from "../model/path-pattern.ts";
import type { LogMergeResult, LogPart, LogSources } from "./merge-log.ts";
import type { Merge, MergeOptions, MergeResult } from "./merge-result.ts";

/** A merge of versions that are read where needed, so that a large log is never in memory as a whole. */
export type MergeSources = (sources: LogSources, options: MergeOptions) => LogMergeResult;

/** Makes a merge of sources from one of whole files. */
export function fromWholeFiles(merge: Merge): MergeSources {
  return (sources, options) => {
    const { base, ours, theirs } = sources;
    const inputs = {
      // git gives an empty file where there is no base.
      base: base === null || base.size === 0 ? null : base.read(0, base.size),
      ours: ours.read(0, ours.size),
      theirs: theirs.read(0, theirs.size),
    };
    const result = merge(inputs, options);
    if (result.kind === "unmergeable") return result;
    const { chunks, ...rest } = result;
    return { ...rest, parts: chunks.map((bytes) => ({ kind: "bytes", bytes })) };
  };
}

/** Holds a merge of sources in memory; for small files. */
export function toWholeFile(result: LogMergeResult, sources: LogSources): MergeResult {
  if (result.kind === "unmergeable") return result;
  const { parts, ...rest } = result;
  return { ...rest, chunks: [...piecesOf(parts, sources)] };
}

/** Bytes of a part that are in memory at once. */
const pieceBytes = 1024 * 1024;

/**
 * The bytes of a result's parts, in order, in pieces of bounded size.
 *
 * @param options.reuse reads into the same memory again and again: a piece is then valid only until the next is asked for.
 */
export function* piecesOf(
  parts: Iterable<LogPart>,
  sources: LogSources,
  options: { readonly reuse?: boolean } = {},
): Generator<Uint8Array> {
  const scratch = options.reuse === true ? [new Uint8Array(pieceBytes)] : [];
  for (const part of parts) {
    if (part.kind === "bytes") {
      yield part.bytes;
      continue;
    }
    for (let start = part.start; start < part.end; start += pieceBytes) {
      const source = sources[part.source];
      if (source !== null) yield source.read(start, Math.min(part.end - start, pieceBytes), ...scratch);
    }
  }
}

/** Options of a log's merge, with the record key that the policy names for its path. */
export function withRecordKey(options: MergeOptions): MergeOptions & { readonly key?: string } {
  const key = pathRuleFor(options.policy, options.path)?.key;
  return key === undefined ? options : { ...options, key };
}
