import { fnvOffset, fnvPrime, hashBytes, scatter } from "../merge/log/hash-bytes.ts";
import { parseStamp } from "../merge/log/parse-stamp.ts";
import { type LogEvent, parseEvent, parseOwnEvent } from "../model/event.ts";

const backslash = 0x5c;
const quote = 0x22;
const closeBrace = 0x7d;
const lineHead = Buffer.from('{"id":"');
const betweenIdAndStamp = Buffer.from('","ts":');
/** `"2026-11-21T03:04:05.678Z"` with its quotes. */
const stampBytes = 26;

/**
 * An event's place in the total order, found without parsing the line. Lines as we write them, id and stamp first, are scanned;
 * for any other a parser decides. What is not read is not checked: a line that turns out broken when it is parsed is reported then.
 *
 * One object is read into again and again; nothing is copied until it is asked for.
 */
export class LineKey {
  /** False: no event. */
  isEvent = false;
  /** Milliseconds since 1970: the order of the stamps. */
  stampMs = 0;
  /** Of the id. */
  hash = 0;

  #bytes: Buffer = Buffer.alloc(0);
  #idStart = 0;
  #idEnd = 0;
  #id: string | null = null;

  read(bytes: Buffer, start: number, end: number): void {
    if (this.#readOwn(bytes, start, end)) return;
    this.isEvent = false;
    const parsed = parseEvent(bytes.toString("utf8", start, end));
    if (parsed.kind !== "event") return;
    const id = Buffer.from(parsed.event.id, "utf8");
    this.isEvent = true;
    this.stampMs = Date.parse(parsed.event.ts);
    this.hash = hashBytes(id, 0, id.length);
    this.#id = parsed.event.id;
    this.#idEnd = 0;
  }

  get id(): string {
    return (this.#id ??= this.#bytes.toString("utf8", this.#idStart, this.#idEnd));
  }

  /** Makes it independent of the bytes that it was read from. */
  keep(): void {
    this.#id = this.id;
    this.#idEnd = 0;
    this.#bytes = Buffer.alloc(0);
  }

  /** The event of the line that was read last; null when it is none after all, or has its id or stamp twice. */
  parse(text: string): LogEvent | null {
    if (this.#idEnd === 0) {
      const parsed = parseEvent(text);
      return parsed.kind === "event" && parsed.event.id === this.id ? parsed.event : null;
    }
    const event = parseOwnEvent(text);
    return event !== null && this.#isIdOf(event) && this.#isStampOf(event) ? event : null;
  }

  /** Reads a line that begins `{"id":"…","ts":"…"`, without escapes in the id. */
  #readOwn(bytes: Buffer, start: number, end: number): boolean {
    if (bytes[end - 1] !== closeBrace || end - start < lineHead.length + stampBytes) return false;
    for (let at = 0; at < lineHead.length; at++) if (bytes[start + at] !== lineHead[at]) return false;
    const idStart = start + lineHead.length;
    let hash = fnvOffset;
    let at = idStart;
    for (; at < end; at++) {
      const byte = bytes[at] ?? quote;
      if (byte === quote) break;
      // Control characters make a parser refuse the line.
      if (byte === backslash || byte < 0x20) return false;
      hash = Math.imul(hash ^ byte, fnvPrime);
    }
    const stampStart = at + betweenIdAndStamp.length;
    if (at === idStart || stampStart + stampBytes >= end) return false;
    for (let index = 0; index < betweenIdAndStamp.length; index++) {
      if (bytes[at + index] !== betweenIdAndStamp[index]) return false;
    }
    const stampMs = parseStamp(bytes, stampStart, stampStart + stampBytes);
    if (Number.isNaN(stampMs) || bytes[stampStart + stampBytes - 2] !== zulu) return false;
    this.isEvent = true;
    this.stampMs = stampMs;
    this.hash = scatter(hash);
    this.#bytes = bytes;
    this.#idStart = idStart;
    this.#idEnd = at;
    this.#id = null;
    return true;
  }

  /** Compares without making a string: this runs for each event. */
  #isIdOf({ id }: LogEvent): boolean {
    const length = this.#idEnd - this.#idStart;
    if (id.length === length) {
      let at = 0;
      while (at < length && id.charCodeAt(at) === this.#bytes[this.#idStart + at]) at++;
      if (at === length) return true;
    }
    return id === this.id;
  }

  #isStampOf({ ts }: LogEvent): boolean {
    const start = this.#idEnd + betweenIdAndStamp.length + 1;
    for (let at = 0; at < stampBytes - 2; at++)
      if (ts.charCodeAt(at) !== this.#bytes[start + at]) return false;
    return ts.length === stampBytes - 2;
  }
}

const zulu = 0x5a;
