import type { ByteFile } from "../base/byte-file.ts";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { type LogEvent, parseEvent } from "../model/event.ts";
import { decodeArchive, wholeFile } from "./archive.ts";
import type { IdFilter } from "./id-filter.ts";
import { LineKey } from "./line-key.ts";
import { LineReader } from "./line-reader.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem } from "./log.ts";

const comma = 0x2c;
const carriageReturn = 0x0d;

/**
 * Goes through the events of one file in total order. Reading happens twice: `scan` finds out whether the lines are in order
 * already (nearly always) and notes the ids; then the file is streamed, or its lines are visited by a sorted list of places.
 */
export interface Cursor {
  readonly name: string;
  /** The event it stands at, while `isOpen`. */
  readonly key: LineKey;
  readonly isOpen: boolean;
  /** Goes on to the next event. */
  next(): void;
  /** Parses the current line; null (and a problem reported) when it is no event after all. */
  parse(): LogEvent | null;
  /** The current line as stored. */
  text(): string;
  close(): void;
}

export interface CursorContext {
  readonly filter: IdFilter;
  readonly onProblem: (problem: LogProblem) => void;
  /** Told of each event's stamp at the first reading. */
  readonly onStamp: (stampMs: number) => void;
  /** How many bytes may still be kept in memory rather than read again. */
  heldBytes: number;
}

/** Opens a file at its first event; null when it has none. */
export function openCursor(input: LogInput, context: CursorContext): Cursor | null {
  let file: ByteFile | null = openPlain(input, context.onProblem);
  if (file === null) return null;
  if (input.kind === "log" && file.size <= limits.eventHeldFileBytes && file.size <= context.heldBytes) {
    const bytes = file.read(0, file.size);
    file.close();
    file = heldFile(bytes);
    context.heldBytes -= bytes.length;
  }
  const found = scan(input, file, context);
  if (found.first === null) {
    file.close();
    return null;
  }
  const order = found.isSorted ? null : sortLines(file, found);
  // An archive takes all its plain size in memory: it is opened again when its turn comes.
  const reopen = input.kind === "archive" ? (): ByteFile | null => openPlain(input, () => {}) : null;
  if (reopen !== null) {
    file.close();
    file = null;
  }
  return new FileCursor({ input, file, reopen, order, first: found.first, onProblem: context.onProblem });
}

interface Scan {
  readonly events: number;
  readonly isSorted: boolean;
  /** Null when there are no events. */
  readonly first: LineKey | null;
}

/** The first reading: reports what is no event, notes ids, finds out about the order. */
function scan(input: LogInput, file: ByteFile, context: CursorContext): Scan {
  const reader = new LineReader(file);
  const key = new LineKey();
  let first: LineKey | null = null;
  let events = 0;
  let isSorted = true;
  let lastMs = Number.NEGATIVE_INFINITY;
  while (reader.next()) {
    const end = lineEnd(reader, input.kind);
    if (end === reader.start) continue;
    if (reader.isTooLong) {
      context.onProblem({
        file: input.name,
        line: reader.number,
        reason: `it is longer than ${limits.eventLineBytes} bytes`,
      });
      continue;
    }
    key.read(reader.bytes, reader.start, end);
    if (!key.isEvent) {
      const parsed = parseEvent(reader.bytes.toString("utf8", reader.start, end));
      if (parsed.kind === "bad") {
        context.onProblem({ file: input.name, line: reader.number, reason: parsed.reason });
      }
      continue;
    }
    // Equal stamps are rare: rather than remembering each id, such a file is sorted.
    if (key.stampMs <= lastMs) isSorted = false;
    lastMs = key.stampMs;
    context.filter.note(key.hash);
    context.onStamp(key.stampMs);
    if (events++ === 0) {
      first = new LineKey();
      first.read(reader.bytes, reader.start, end);
      first.keep();
    }
  }
  return { events, isSorted, first };
}

/** Places of lines in total order. */
interface LineOrder {
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  readonly numbers: Uint32Array;
}

function sortLines(file: ByteFile, found: Scan): LineOrder {
  const offsets = new Float64Array(found.events);
  const lengths = new Uint32Array(found.events);
  const numbers = new Uint32Array(found.events);
  const stamps = new Float64Array(found.events);
  const ids: string[] = [];
  const reader = new LineReader(file);
  const key = new LineKey();
  let count = 0;
  while (reader.next() && count < found.events) {
    if (reader.isTooLong) continue;
    const end = lineEnd(reader, "archive");
    key.read(reader.bytes, reader.start, end);
    if (!key.isEvent) continue;
    offsets[count] = reader.offset;
    lengths[count] = end - reader.start;
    numbers[count] = reader.number;
    stamps[count] = key.stampMs;
    ids.push(key.id);
    count++;
  }
  const order = Uint32Array.from({ length: count }, (_, index) => index).sort((left, right) => {
    const difference = (stamps[left] ?? 0) - (stamps[right] ?? 0);
    if (difference !== 0) return difference;
    const [a, b] = [ids[left] ?? "", ids[right] ?? ""];
    if (a === b) return left - right;
    return a < b ? -1 : 1;
  });
  return {
    offsets: Float64Array.from(order, (at) => offsets[at] ?? 0),
    lengths: order.map((at) => lengths[at] ?? 0),
    numbers: order.map((at) => numbers[at] ?? 0),
  };
}

interface FileCursorOptions {
  readonly input: LogInput;
  readonly file: ByteFile | null;
  readonly reopen: (() => ByteFile | null) | null;
  readonly order: LineOrder | null;
  readonly first: LineKey;
  readonly onProblem: (problem: LogProblem) => void;
}

class FileCursor implements Cursor {
  readonly name: string;
  readonly key: LineKey;
  isOpen = true;
  readonly #options: FileCursorOptions;
  #file: ByteFile | null;
  #reader: LineReader | null = null;
  #bytes: Buffer | null = null;
  #start = 0;
  #end = 0;
  #number = 0;
  #turn = 0;

  constructor(options: FileCursorOptions) {
    this.name = options.input.name;
    this.#options = options;
    this.#file = options.file;
    this.key = options.first;
    if (options.order !== null) this.next();
  }

  next(): void {
    // The first event's place is known from the scan; the file is read when it is asked for more.
    if (this.#bytes === null && this.#options.order === null) this.#advance();
    this.#advance();
  }

  parse(): LogEvent | null {
    const text = this.text();
    const event = this.key.parse(text);
    if (event !== null) return event;
    const parsed = parseEvent(text);
    const reason = parsed.kind === "bad" ? parsed.reason : "its id or ts stands in it twice";
    this.#options.onProblem({ file: this.name, line: this.#number, reason });
    return null;
  }

  text(): string {
    if (this.#bytes === null) this.#advance();
    return this.#bytes === null ? "" : this.#bytes.toString("utf8", this.#start, this.#end);
  }

  close(): void {
    this.isOpen = false;
    this.#file?.close();
    this.#file = null;
    this.#reader = null;
    this.#bytes = null;
  }

  #advance(): void {
    const file = (this.#file ??= this.#reopen());
    const { order, input } = this.#options;
    if (order !== null) {
      if (this.#turn >= order.offsets.length) return this.close();
      const piece = file.read(order.offsets[this.#turn] ?? 0, order.lengths[this.#turn] ?? 0);
      this.#number = order.numbers[this.#turn] ?? 0;
      this.#turn++;
      this.#take(Buffer.from(piece.buffer, piece.byteOffset, piece.length), 0, piece.length);
      if (!this.key.isEvent) throw changed(this.name);
      return;
    }
    this.#reader ??= new LineReader(file);
    while (this.#reader.next()) {
      const end = lineEnd(this.#reader, input.kind);
      if (end === this.#reader.start || this.#reader.isTooLong) continue;
      this.#number = this.#reader.number;
      this.#take(this.#reader.bytes, this.#reader.start, end);
      if (this.key.isEvent) return;
    }
    this.close();
  }

  #take(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.key.read(bytes, start, end);
  }

  #reopen(): ByteFile {
    const file = this.#options.reopen?.() ?? null;
    if (file === null) throw changed(this.name);
    return file;
  }
}

/** The file's lines as plain bytes; null (and a problem reported) when there are none to be had. */
function openPlain(input: LogInput, onProblem: (problem: LogProblem) => void): ByteFile | null {
  let file: ByteFile;
  try {
    file = input.open();
    if (input.kind === "log") return file;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    onProblem({ file: input.name, line: null, reason: `it can't be read: ${why}` });
    return null;
  }
  const decoded = decodeArchive(wholeFile(file));
  file.close();
  if (decoded.kind === "decoded") return heldFile(decoded.lines);
  onProblem({ file: input.name, line: null, reason: decoded.reason });
  return null;
}

function heldFile(bytes: Uint8Array): ByteFile {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    close: () => {},
  };
}

/** Where the line ends without a carriage return and, in an archive, without its comma: no event ends with one. */
function lineEnd(reader: LineReader, kind: LogInput["kind"]): number {
  let { end } = reader;
  if (kind === "archive" && end > reader.start && reader.bytes[end - 1] === comma) end--;
  if (end > reader.start && reader.bytes[end - 1] === carriageReturn) end--;
  return end;
}

function changed(name: string): GotError {
  return new GotError("UNREADABLE_INPUT", `${name} was changed while it was being read`, {
    facts: { file: name },
    hint: "Run the command again.",
  });
}
