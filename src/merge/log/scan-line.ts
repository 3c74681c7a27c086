import type { Buffer } from "node:buffer";

/** Where the values of two members of one JSON line stand; start = end where there is none. Reused from line to line. */
export interface LineShape {
  /**
   * - `object`: the positions hold.
   * - `other`: not a JSON object: a header, a torn line, anything. Nothing is known about it.
   * - `unsure`: an escape in a key, or bytes this scan does not expect: ask a parser.
   */
  kind: "object" | "other" | "unsure";
  keyStart: number;
  keyEnd: number;
  stampStart: number;
  stampEnd: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;
const stampName = [0x74, 0x73]; // "ts"

/**
 * Finds the top-level members `ts` and `key` of a JSON object without parsing it, and stops as soon as it has both.
 * What it does not read it does not check: a line broken further right still has its place in the order.
 *
 * @param key bytes of the member's name.
 * @param shape is overwritten with the result.
 */
export function scanLine(
  bytes: Buffer,
  lineStart: number,
  lineEnd: number,
  key: Uint8Array,
  shape: LineShape,
): void {
  shape.kind = "other";
  shape.keyStart = shape.keyEnd = shape.stampStart = shape.stampEnd = 0;
  let end = lineEnd;
  while (end > lineStart && isBlank(bytes[end - 1] ?? 0)) end--;
  let at = skipBlanks(bytes, lineStart, end);
  if (bytes[at] !== openBrace || bytes[end - 1] !== closeBrace || end - at < 2) return;
  at = skipBlanks(bytes, at + 1, end);
  if (at === end - 1) {
    shape.kind = "object";
    return;
  }
  for (;;) {
    const nameStart = at + 1;
    if (bytes[at] !== quote) return;
    const nameEnd = endOfString(bytes, at, end) - 1;
    if (nameEnd < nameStart) return;
    for (let index = nameStart; index < nameEnd; index++) {
      if (bytes[index] === backslash) {
        shape.kind = "unsure";
        return;
      }
    }
    at = skipBlanks(bytes, nameEnd + 1, end);
    if (bytes[at] !== colon) return;
    const valueStart = skipBlanks(bytes, at + 1, end);
    const valueEnd = endOfValue(bytes, valueStart, end);
    if (valueEnd <= valueStart) return;
    if (isName(bytes, nameStart, nameEnd, key)) {
      shape.keyStart = valueStart;
      shape.keyEnd = valueEnd;
    }
    if (isName(bytes, nameStart, nameEnd, stampName)) {
      shape.stampStart = valueStart;
      shape.stampEnd = valueEnd;
    }
    if (shape.keyEnd > 0 && shape.stampEnd > 0) break;
    at = skipBlanks(bytes, valueEnd, end);
    if (at === end - 1) break;
    if (bytes[at] !== comma) return;
    at = skipBlanks(bytes, at + 1, end);
  }
  shape.kind = "object";
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipBlanks(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(bytes[at] ?? 0)) at++;
  return at;
}

/** Position behind the closing quote of the string that opens at `at`; `at` when it does not close. */
function endOfString(bytes: Buffer, at: number, end: number): number {
  for (let index = at + 1; index < end; index++) {
    const byte = bytes[index];
    if (byte === backslash) index++;
    else if (byte === quote) return index + 1;
  }
  return at;
}

/** Position behind the value that begins at `at`; `at` when it does not end within the line. */
function endOfValue(bytes: Buffer, at: number, end: number): number {
  const first = bytes[at];
  if (first === quote) return endOfString(bytes, at, end);
  if (first === openBrace || first === openBracket) return endOfNested(bytes, at, end);
  let index = at;
  while (index < end && !isDelimiter(bytes[index] ?? 0)) index++;
  return index;
}

function endOfNested(bytes: Buffer, at: number, end: number): number {
  let depth = 0;
  for (let index = at; index < end; index++) {
    const byte = bytes[index];
    if (byte === quote) {
      const behind = endOfString(bytes, index, end);
      if (behind === index) return at;
      index = behind - 1;
    } else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) {
      depth--;
      if (depth === 0) return index + 1;
    }
  }
  return at;
}

function isDelimiter(byte: number): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || byte === quote || isBlank(byte);
}

function isName(bytes: Buffer, start: number, end: number, name: ArrayLike<number>): boolean {
  if (end - start !== name.length) return false;
  for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name[index]) return false;
  return true;
}
