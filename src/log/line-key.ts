import { hashBytes } from "../merge/log/hash-bytes.ts";
import { parseStamp } from "../merge/log/parse-stamp.ts";
import { type LineShape, scanLine } from "../merge/log/scan-line.ts";
import { parseEvent } from "../model/event.ts";

/** Where an event stands in the total order, found without parsing the line. Reused from line to line. */
export interface LineKey {
  /** False: no event, or only a parser can tell why not. */
  isEvent: boolean;
  /** Milliseconds since 1970: the order of the stamps. */
  stampMs: number;
  id: string;
  /** Of the id. */
  hash: number;
}

const idName = Buffer.from("id");
const backslash = 0x5c;
const quote = 0x22;
/** `"2026-11-21T03:04:05.678Z"` with its quotes. */
const stampBytes = 26;

const shape: LineShape = { kind: "other", keyStart: 0, keyEnd: 0, stampStart: 0, stampEnd: 0 };

/**
 * Reads an event's place in the total order. Lines of our own form are scanned; for any other a parser decides. What is not
 * read is not checked: a line that turns out broken when it is parsed is reported then.
 */
export function readLineKey(bytes: Buffer, start: number, end: number, key: LineKey): void {
  key.isEvent = false;
  scanLine(bytes, start, end, idName, shape);
  const { keyStart, keyEnd, stampStart, stampEnd } = shape;
  if (
    shape.kind === "object" &&
    stampEnd - stampStart === stampBytes &&
    isPlainText(bytes, keyStart, keyEnd)
  ) {
    const stampMs = parseStamp(bytes, stampStart, stampEnd);
    if (!Number.isNaN(stampMs)) {
      key.isEvent = true;
      key.stampMs = stampMs;
      key.id = bytes.toString("utf8", keyStart + 1, keyEnd - 1);
      key.hash = hashBytes(bytes, keyStart + 1, keyEnd - 1);
      return;
    }
  }
  if (shape.kind === "other") return;
  const parsed = parseEvent(bytes.toString("utf8", start, end));
  if (parsed.kind !== "event") return;
  const id = Buffer.from(parsed.event.id, "utf8");
  key.isEvent = true;
  key.stampMs = Date.parse(parsed.event.ts);
  key.id = parsed.event.id;
  key.hash = hashBytes(id, 0, id.length);
}

/** True for a string with something in it and without an escape: its bytes are what it says. */
function isPlainText(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 3 || bytes[start] !== quote) return false;
  for (let at = start; at < end; at++) if (bytes[at] === backslash) return false;
  return true;
}
