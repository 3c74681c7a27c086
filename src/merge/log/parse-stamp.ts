import type { Buffer } from "node:buffer";

const quote = 0x22;
const isoStamp = /^"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"$/;
const numericStamp = /^\d{1,16}(\.\d{1,9})?$/;
/** Our own form, `"2026-11-21T03:04:05.678Z"`, with its quotes. */
const eventStampBytes = 26;
/** Longer lexemes are no time stamps. */
const stampBytesMax = 48;
const dayMs = 86_400_000;

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

/** The common form without a regular expression and without a string. */
function parseEventStamp(bytes: Buffer, start: number): number {
  const year = twoDigits(bytes, start + 1) * 100 + twoDigits(bytes, start + 3);
  const month = twoDigits(bytes, start + 6);
  const day = twoDigits(bytes, start + 9);
  const hour = twoDigits(bytes, start + 12);
  const minute = twoDigits(bytes, start + 15);
  const second = twoDigits(bytes, start + 18);
  const milliseconds = twoDigits(bytes, start + 21) * 10 + (twoDigits(bytes, start + 22) % 10);
  const isCommon =
    bytes[start + 5] === 0x2d &&
    bytes[start + 8] === 0x2d &&
    bytes[start + 11] === 0x54 &&
    bytes[start + 14] === 0x3a &&
    bytes[start + 17] === 0x3a &&
    bytes[start + 20] === 0x2e &&
    bytes[start + 24] === 0x5a;
  if (!isCommon || !(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return Number.NaN;
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  return daysSince1970(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
}

/** Counts days in the Gregorian calendar from March on, so that a leap day is a year's last: Hinnant, "chrono-compatible low-level date algorithms". */
function daysSince1970(year: number, month: number, day: number): number {
  const fromMarch = month > 2 ? year : year - 1;
  const era = Math.floor(fromMarch / 400);
  const yearOfEra = fromMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Two decimal digits as a number; NaN when they are none, so that every comparison with it fails. */
function twoDigits(bytes: Buffer, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
