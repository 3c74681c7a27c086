import type { Buffer } from "node:buffer";

const quote = 0x22;
const isoStamp = /^"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"$/;
const numericStamp = /^\d{1,16}(\.\d{1,9})?$/;
/** Our own form, `"2026-11-21T03:04:05.678Z"`, with its quotes. */
const eventStampBytes = 26;
/** Longer lexemes are no time stamps. */
const stampBytesMax = 48;

/**
 * Reads a time stamp from a JSON value's bytes: ISO-8601 with a zone, or a plain number (seconds or milliseconds: one log
 * has one unit, so only the order matters).
 *
 * @returns milliseconds since 1970 (or the number itself); NaN for anything else.
 */
export function parseStamp(bytes: Buffer, start: number, end: number): number {
  if (end - start === eventStampBytes) {
    const stamp = parseEventStamp(bytes, start);
    if (!Number.isNaN(stamp)) return stamp;
  }
  if (end <= start || end - start > stampBytesMax) return Number.NaN;
  const text = bytes.toString("latin1", start, end);
  if (bytes[start] !== quote) return numericStamp.test(text) ? Number(text) : Number.NaN;
  const match = isoStamp.exec(text);
  if (match === null) return Number.NaN;
  return Date.parse(`${match[1]}${match[3]}`) + Number(match[2] ?? 0) * 1000;
}

let knownDay = "";
let knownDayMs = Number.NaN;

/** The common form without a regular expression; the day, which rarely changes from line to line, is remembered. */
function parseEventStamp(bytes: Buffer, start: number): number {
  const hour = twoDigits(bytes, start + 12);
  const minute = twoDigits(bytes, start + 15);
  const second = twoDigits(bytes, start + 18);
  const centiseconds = twoDigits(bytes, start + 21);
  const last = (bytes[start + 23] ?? 0) - 0x30;
  const isCommon =
    bytes[start + 11] === 0x54 &&
    bytes[start + 14] === 0x3a &&
    bytes[start + 17] === 0x3a &&
    bytes[start + 20] === 0x2e &&
    bytes[start + 24] === 0x5a &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    last >= 0 &&
    last <= 9;
  if (!isCommon) return Number.NaN;
  const day = bytes.toString("latin1", start + 1, start + 11);
  if (day !== knownDay) {
    knownDayMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    knownDay = day;
  }
  return knownDayMs + ((hour * 60 + minute) * 60 + second) * 1000 + centiseconds * 10 + last;
}

/** Two decimal digits as a number; NaN when they are none, so that every comparison with it fails. */
function twoDigits(bytes: Buffer, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
