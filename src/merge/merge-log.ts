/**
 * Merges append-only logs of JSON lines: a three-way set of lines that keeps every addition once and honours removals.
 *
 * What always holds: swapping the sides changes no byte of a clean result; a side that equals the base leaves the other
 * side's bytes; no line that a side added is missing, and none that a side removed and the other left alone comes back;
 * bytes are never decoded and encoded again. Memory is bounded by what differs, not by the size of the log.
 */
import { Buffer } from "node:buffer";
import { limits } from "../base/limits.ts";
import { type ByteSource, bytesSource } from "./byte-source.ts";
import { bufferOf, commonPrefixBytes, sameContent } from "./log/common-prefix.ts";
import { holdsMarkerLine, MarkerSearch } from "./log/conflict-markers.ts";
import { indexLines, lineKey, type LineTable } from "./log/line-table.ts";
import { type FileName, fileNames, mergeFlag, type PerFile, perFile } from "./log/log-files.ts";
import { matchLines } from "./log/match-lines.ts";
import { orderLines } from "./log/order-lines.ts";
import { resolveLines } from "./log/resolve-lines.ts";
import { findKeys, keyText } from "./log/find-keys.ts";
import { type LineEnding, writeParts } from "./log/write-parts.ts";
import type { Choices, Conflict, Decision, Merge, MergeOptions, MergeResult } from "./merge-result.ts";
import { documentStartLength, isWholeDocument } from "./whole-document.ts";

/** A piece of the merged log: bytes, or a range of one version's bytes (end exclusive). */
export type LogPart =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "range"; readonly source: FileName; readonly start: number; readonly end: number };

/** `MergeResult` for logs: the output comes in parts, which may be iterated more than once. */
export type LogMergeResult =
  | { readonly kind: "merged"; readonly parts: Iterable<LogPart>; readonly decisions: readonly Decision[] }
  | {
      readonly kind: "conflict";
      readonly parts: Iterable<LogPart>;
      readonly decisions: readonly Decision[];
      readonly conflicts: readonly Conflict[];
    }
  | { readonly kind: "unmergeable"; readonly reason: string };

export interface LogMergeOptions extends MergeOptions {
  /** The member that identifies a record; default `id`. */
  readonly key?: string;
}

/** The three versions of a log; `base` is null (or empty) when both sides added it. */
export interface LogSources {
  readonly base: ByteSource | null;
  readonly ours: ByteSource;
  readonly theirs: ByteSource;
}

const carriageReturnFeed = Buffer.from("\r\n");
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Merges three versions of a log without holding what they have in common. */
export function mergeLog(versions: LogSources, options: LogMergeOptions): LogMergeResult {
  const sources = { ...versions, base: versions.base ?? bytesSource(new Uint8Array()) };
  const marks = perFile((file) => byteOrderMark.equals(sources[file].read(0, byteOrderMark.length)));
  const starts = perFile((file) => (marks[file] ? byteOrderMark.length : 0));
  const prefixMarkers = new MarkerSearch(options.markerSize);
  const prefix = commonPrefixBytes(sources, starts, (chunk) => prefixMarkers.inspect(chunk));
  const offsets = perFile((file) => starts[file] + prefix);
  const whole = unchangedSide(sources, offsets);
  if (whole !== null) return { kind: "merged", parts: rangeOf(whole, 0, sources[whole].size), decisions: [] };

  const document = fileNames.find((file) => isDocument(sources[file]));
  if (document !== undefined)
    return { kind: "unmergeable", reason: `${document} is one JSON document, not a log` };
  const tails = perFile((file) => sources[file].size - offsets[file]);
  if (Math.max(tails.base, tails.ours, tails.theirs) > limits.logTailBytes) {
    return { kind: "unmergeable", reason: `more than ${limits.logTailBytes} bytes differ` };
  }
  const bytes = perFile((file) => bufferOf(sources[file].read(offsets[file], tails[file])));
  const key = options.key ?? "id";
  const tables = perFile((file) => indexLines(bytes[file], key));
  if (prefixMarkers.found || fileNames.some((file) => holdsMarkerLine(tables[file], options.markerSize))) {
    return { kind: "unmergeable", reason: "it already holds conflict markers" };
  }
  const { slots, resolution } = settle(tables, options.choices, (keys) =>
    findKeys({ source: sources.base, start: starts.base, end: offsets.base, key, keys }),
  );
  const endings = perFile((file) => lineEnding(sources[file], prefix, tables[file]));
  const order = orderLines(tables, slots, resolution);
  const head: LogPart[] = [];
  if (mergeFlag(marks)) head.push({ kind: "bytes", bytes: byteOrderMark });
  if (prefix > 0) head.push({ kind: "range", source: "base", start: starts.base, end: offsets.base });
  const parts: Iterable<LogPart> = {
    *[Symbol.iterator]() {
      yield* head;
      yield* writeParts({ tables, offsets, endings, slots, resolution, order, options });
    },
  };
  const { decisions, conflicts } = resolution;
  return conflicts.length === 0
    ? { kind: "merged", parts, decisions }
    : { kind: "conflict", parts, decisions, conflicts };
}

/** `mergeLog` for versions that are in memory. */
export const mergeLogBytes = ((inputs, options: LogMergeOptions): MergeResult => {
  const base = inputs.base === null ? null : bytesSource(inputs.base);
  const sources = { base, ours: bytesSource(inputs.ours), theirs: bytesSource(inputs.theirs) };
  const result = mergeLog(sources, options);
  if (result.kind === "unmergeable") return result;
  const chunks = Array.from(result.parts, (part) => partBytes(part, sources));
  return result.kind === "merged"
    ? { kind: "merged", chunks, decisions: result.decisions }
    : { kind: "conflict", chunks, decisions: result.decisions, conflicts: result.conflicts };
}) satisfies Merge;

/** The bytes that a part stands for. */
function partBytes(part: LogPart, sources: LogSources): Uint8Array {
  if (part.kind === "bytes") return part.bytes;
  return sources[part.source]?.read(part.start, part.end - part.start) ?? new Uint8Array();
}

/** The side that is the result as it stands, when the other one changed nothing or both did the same. */
function unchangedSide(sources: PerFile<ByteSource>, offsets: PerFile<number>): "ours" | "theirs" | null {
  const isSame = (left: FileName, right: FileName): boolean =>
    offsets[left] === offsets[right] && sameContent(sources[left], sources[right], offsets[left]);
  if (isSame("ours", "theirs") || isSame("base", "theirs")) return "ours";
  return isSame("base", "ours") ? "theirs" : null;
}

function isDocument(source: ByteSource): boolean {
  const text = (length: number): string => bufferOf(source.read(0, length)).toString("utf8");
  return isWholeDocument(text(documentStartLength), source.size, () => text(source.size));
}

function rangeOf(source: FileName, start: number, end: number): readonly LogPart[] {
  return start === end ? [] : [{ kind: "range", source, start, end }];
}

/** How the line before the differing ones ends, or else the first of them. */
function lineEnding(source: ByteSource, prefix: number, table: LineTable): LineEnding {
  const offset = source.size - table.bytes.length;
  const end = prefix > 0 ? offset : offset + (table.starts[1] ?? 0);
  return end >= 2 && carriageReturnFeed.equals(source.read(end - 2, 2)) ? "\r\n" : "\n";
}

/**
 * Matches and resolves the lines behind the common prefix. A key in conflict may stand in the prefix as well; then it
 * does not identify a record (a log of states has many lines per key), and its lines are matched as plain text.
 */
function settle(
  tables: PerFile<LineTable>,
  choices: Choices | undefined,
  findInPrefix: (keys: ReadonlySet<string>) => ReadonlySet<string>,
) {
  const slots = matchLines(tables);
  const resolution = resolveLines(tables, slots);
  if (resolution.conflicting.length === 0) return { slots, resolution };
  const keys = new Set(
    resolution.conflicting.map((slot) => keyText(lineKey(tables.ours, slots.lines.ours[slot] ?? 0))),
  );
  const shared = findInPrefix(keys);
  if (shared.size === 0)
    return { slots, resolution: choices === undefined ? resolution : resolveLines(tables, slots, choices) };
  const matchedAgain = matchLines(tables, (recordKey) => shared.has(keyText(recordKey)));
  return { slots: matchedAgain, resolution: resolveLines(tables, matchedAgain, choices) };
}
