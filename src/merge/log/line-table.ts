/** The lines of one version of a log, indexed in typed arrays: no line becomes an object or a string. */
import { Buffer } from "node:buffer";
import { canonicalJson } from "../../model/json/canonical-json.ts";
import { parseLine } from "./canonical-line.ts";
import { hashBytes } from "./hash-bytes.ts";
import { parseStamp } from "./parse-stamp.ts";
import { type LineShape, scanLine } from "./scan-line.ts";

export interface LineTable {
  readonly bytes: Buffer;
  readonly count: number;
  /** Where each line begins; one more for the end of the last. All arrays may be longer than `count`. */
  readonly starts: Uint32Array;
  /** Time stamp by line; NaN where there is none. */
  readonly stamps: Float64Array;
  /** Positions of the key's value by line; start = end where there is none. */
  readonly keyStarts: Uint32Array;
  readonly keyEnds: Uint32Array;
  /** Hash of the key by line. */
  readonly keyHashes: Int32Array;
  /** True when a line begins with `<`, as the opening line of a conflict does. */
  readonly mayHoldMarkers: boolean;
  /** Canonical keys of the lines whose key is spelled with escapes. */
  readonly respelledKeys: ReadonlyMap<number, Buffer>;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const backslash = 0x5c;
const lessThan = 0x3c;
/** What room is made for at first; logs of shorter lines make the arrays grow. */
const lineBytesGuess = 128;
const noKey = Buffer.alloc(0);
const nullText = Buffer.from("null");
const emptyText = Buffer.from('""');

/** Indexes the lines of `bytes`; `key` names the member that identifies a record. */
export function indexLines(bytes: Buffer, key: string): LineTable {
  const columns = new Columns(Math.ceil(bytes.length / lineBytesGuess) + 1);
  const respelledKeys = new Map<number, Buffer>();
  const name = Buffer.from(key);
  const shape: LineShape = { kind: "other", keyStart: 0, keyEnd: 0, stampStart: 0, stampEnd: 0 };
  let line = 0;
  let mayHoldMarkers = false;
  // All that is asked of a line's bytes is asked here: coming back to them later would mean fetching the log from memory again.
  for (let start = 0, end = 0; start < bytes.length; start = end, line++) {
    const feed = bytes.indexOf(newline, start);
    end = feed < 0 ? bytes.length : feed + 1;
    if (line === columns.capacity) columns.grow();
    columns.starts[line + 1] = end;
    if (bytes[start] === lessThan) mayHoldMarkers = true;
    scanLine(bytes, start, end, name, shape);
    if (shape.kind === "unsure") {
      columns.stamps[line] = parseUnsureLine(bytes.subarray(start, end), key, line, respelledKeys);
      columns.keyHashes[line] = hashWhole(respelledKeys.get(line) ?? noKey);
      continue;
    }
    columns.stamps[line] = parseStamp(bytes, shape.stampStart, shape.stampEnd);
    if (!isKey(bytes, shape.keyStart, shape.keyEnd)) continue;
    columns.keyStarts[line] = shape.keyStart;
    columns.keyEnds[line] = shape.keyEnd;
    if (hasEscape(bytes, shape.keyStart, shape.keyEnd)) {
      const spelled = bytes.subarray(shape.keyStart, shape.keyEnd);
      respell(spelled, line, respelledKeys);
      columns.keyHashes[line] = hashWhole(respelledKeys.get(line) ?? spelled);
    } else columns.keyHashes[line] = hashBytes(bytes, shape.keyStart, shape.keyEnd);
  }
  const { starts, stamps, keyStarts, keyEnds, keyHashes } = columns;
  return { bytes, count: line, starts, stamps, keyStarts, keyEnds, keyHashes, mayHoldMarkers, respelledKeys };
}

/** The arrays of a table while nobody knows how many lines there are: counting first would mean reading twice. */
class Columns {
  capacity: number;
  starts: Uint32Array;
  stamps: Float64Array;
  keyStarts: Uint32Array;
  keyEnds: Uint32Array;
  keyHashes: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.starts = new Uint32Array(capacity + 1);
    this.stamps = new Float64Array(capacity);
    this.keyStarts = new Uint32Array(capacity);
    this.keyEnds = new Uint32Array(capacity);
    this.keyHashes = new Int32Array(capacity);
  }

  grow(): void {
    const larger = new Columns(this.capacity * 2);
    larger.starts.set(this.starts);
    larger.stamps.set(this.stamps);
    larger.keyStarts.set(this.keyStarts);
    larger.keyEnds.set(this.keyEnds);
    larger.keyHashes.set(this.keyHashes);
    Object.assign(this, larger);
  }
}

/** A line with its terminator. */
export function lineBytes(table: LineTable, line: number): Buffer {
  return table.bytes.subarray(table.starts[line], table.starts[line + 1]);
}

/** Where a line ends without its terminator: `\n`, `\r\n`, or the half of it that a torn line may have. */
export function contentEnd(table: LineTable, line: number): number {
  const start = table.starts[line] ?? 0;
  let end = table.starts[line + 1] ?? 0;
  if (end > start && table.bytes[end - 1] === newline) end--;
  return end > start && table.bytes[end - 1] === carriageReturn ? end - 1 : end;
}

/** A line without its terminator. */
export function lineContent(table: LineTable, line: number): Buffer {
  return table.bytes.subarray(table.starts[line], contentEnd(table, line));
}

/** True when the line is the last one and lacks its line feed. */
export function isUnterminated(table: LineTable, line: number): boolean {
  return table.bytes[(table.starts[line + 1] ?? 0) - 1] !== newline;
}

/** True when a member of the line identifies it as a record. */
export function hasKey(table: LineTable, line: number): boolean {
  return (table.keyEnds[line] ?? 0) > 0 || table.respelledKeys.has(line);
}

/** The key of a line as JSON text; empty where it has none. */
export function lineKey(table: LineTable, line: number): Buffer {
  return (
    table.respelledKeys.get(line) ??
    table.bytes.subarray(table.keyStarts[line] ?? 0, table.keyEnds[line] ?? 0)
  );
}

function hashWhole(key: Buffer): number {
  return hashBytes(key, 0, key.length);
}

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === backslash) return true;
  return false;
}

/** Strings and numbers identify a record; `null`, `""`, objects and arrays do not. */
function isKey(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start];
  if (end <= start || first === 0x7b || first === 0x5b) return false;
  const length = end - start;
  if (length === nullText.length && bytes.compare(nullText, 0, length, start, end) === 0) return false;
  return !(length === emptyText.length && bytes.compare(emptyText, 0, length, start, end) === 0);
}

function respell(key: Buffer, line: number, respelledKeys: Map<number, Buffer>): void {
  const node = parseLine(key);
  if (node !== null) respelledKeys.set(line, Buffer.from(canonicalJson(node)));
}

/** Parses a line whose keys hold escapes; returns its stamp, adds its key. */
function parseUnsureLine(
  line: Buffer,
  key: string,
  number: number,
  respelledKeys: Map<number, Buffer>,
): number {
  const node = parseLine(line);
  let stamp = Number.NaN;
  if (node?.kind !== "object") return stamp;
  for (const member of node.members) {
    const text = Buffer.from(canonicalJson(member.value));
    if (member.key === key && isKey(text, 0, text.length)) respelledKeys.set(number, text);
    if (member.key === "ts") stamp = parseStamp(text, 0, text.length);
  }
  return stamp;
}
