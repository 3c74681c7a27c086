import type { DriverKind } from "../model/policy.ts";
import { pathRuleFor } from "../model/path-pattern.ts";
import { mergeEntity } from "./merge-entity.ts";
import {
  type LogMergeResult,
  type LogPart,
  type LogSources,
  mergeLog,
  mergeLogBytes,
  partBytes,
} from "./merge-log.ts";
import type { MergeInputs, MergeOptions, MergeResult } from "./merge-result.ts";
import { mergeSnapshot } from "./merge-snapshot.ts";
import { mergeTable } from "./merge-table.ts";

/**
 * Merges three versions of one file with the driver of its kind. git gives an empty file where there is no base, so an
 * empty base is none.
 */
export function mergeByKind(kind: DriverKind, inputs: MergeInputs, options: MergeOptions): MergeResult {
  const versions = inputs.base?.length === 0 ? { ...inputs, base: null } : inputs;
  switch (kind) {
    case "log":
      return mergeLogBytes(versions, withKey(options));
    case "table":
      return mergeTable(versions, options);
    case "entity":
      return mergeEntity(versions, options);
    case "snapshot":
      return mergeSnapshot(versions, options);
  }
}

/** `mergeByKind` for versions that are read where needed: a large log is never in memory as a whole. */
export function mergeSourcesByKind(
  kind: DriverKind,
  sources: LogSources,
  options: MergeOptions,
): LogMergeResult {
  if (kind === "log") return mergeLog(sources, withKey(options));
  const { base, ours, theirs } = sources;
  const inputs = {
    base: base === null ? null : base.read(0, base.size),
    ours: ours.read(0, ours.size),
    theirs: theirs.read(0, theirs.size),
  };
  const result = mergeByKind(kind, inputs, options);
  if (result.kind === "unmergeable") return result;
  const { chunks, ...rest } = result;
  return { ...rest, parts: chunks.map((bytes) => ({ kind: "bytes", bytes })) };
}

/** Bytes of a part that are in memory at once. */
const pieceBytes = 4 * 1024 * 1024;

/** The bytes of a result's parts, in order, in pieces of bounded size. */
export function* piecesOf(parts: Iterable<LogPart>, sources: LogSources): Generator<Uint8Array> {
  for (const part of parts) {
    if (part.kind === "bytes") yield part.bytes;
    else {
      for (let start = part.start; start < part.end; start += pieceBytes) {
        yield partBytes({ ...part, start, end: Math.min(part.end, start + pieceBytes) }, sources);
      }
    }
  }
}

function withKey(options: MergeOptions): MergeOptions & { readonly key?: string } {
  const key = pathRuleFor(options.policy, options.path)?.key;
  return key === undefined ? options : { ...options, key };
}
