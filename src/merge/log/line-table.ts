/** The lines of one version of a log, indexed in typed arrays: no line becomes an object or a string. */
import { Buffer } from "node:buffer";
import { canonicalJson } from "../../model/json/canonical-json.ts";
import { parseLine } from "./canonical-line.ts";
import { parseStamp } from "./parse-stamp.ts";
import { type LineShape, scanLine } from "./scan-line.ts";

export interface LineTable {
  readonly bytes: Buffer;
  readonly count: number;
  /** Where each line begins; one more for the end of the last. */
  readonly starts: Uint32Array;
  /** Time stamp by line; NaN where there is none. */
  readonly stamps: Float64Array;
  /** Positions of the key's value by line; start = end where there is none. */
  readonly keyStarts: Uint32Array;
  readonly keyEnds: Uint32Array;
  /** Canonical keys of the lines whose key is spelled with escapes. */
  readonly respelledKeys: ReadonlyMap<number, Buffer>;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const backslash = 0x5c;
const nullText = Buffer.from("null");
const emptyText = Buffer.from('""');

/** Indexes the lines of `bytes`; `key` names the member that identifies a record. */
export function indexLines(bytes: Buffer, key: string): LineTable {
  const count = countLines(bytes);
  const starts = new Uint32Array(count + 1);
  const stamps = new Float64Array(count);
  const keyStarts = new Uint32Array(count);
  const keyEnds = new Uint32Array(count);
  const respelledKeys = new Map<number, Buffer>();
  const name = Buffer.from(key);
  const shape: LineShape = { kind: "other", keyStart: 0, keyEnd: 0, stampStart: 0, stampEnd: 0 };
  for (let line = 0, start = 0; line < count; line++) {
    const feed = bytes.indexOf(newline, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    starts[line + 1] = end;
    scanLine(bytes, start, end, name, shape);
    if (shape.kind === "unsure") {
      stamps[line] = parseUnsureLine(bytes.subarray(start, end), key, line, respelledKeys);
    } else {
      stamps[line] = parseStamp(bytes, shape.stampStart, shape.stampEnd);
      if (isKey(bytes, shape.keyStart, shape.keyEnd)) {
        keyStarts[line] = shape.keyStart;
        keyEnds[line] = shape.keyEnd;
        const escape = bytes.subarray(shape.keyStart, shape.keyEnd).indexOf(backslash);
        if (escape >= 0) respell(bytes.subarray(shape.keyStart, shape.keyEnd), line, respelledKeys);
      }
    }
    start = end;
  }
  return { bytes, count, starts, stamps, keyStarts, keyEnds, respelledKeys };
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

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count++;
  return bytes.length > 0 && bytes[bytes.length - 1] !== newline ? count + 1 : count;
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
