import type { LogEvent } from "../model/event.ts";
import { limits } from "../base/limits.ts";
import { type Cursor, openCursor } from "./cursor.ts";
import { IdFilter } from "./id-filter.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem, Position } from "./log.ts";
import { NewestStamps } from "./newest-stamps.ts";

/** An archive takes at most this many times its own size when it is decompressed; only sizes a table. */
const archiveGrowth = 10;

export interface ReadEventsOptions {
  /** Begins with the first event that is not earlier; what lies before is not parsed. Without an id: all of that time. */
  readonly since?: Position | undefined;
  readonly until?: Position | undefined;
  /** Begins so late that so many lines are left, or all there are; a bound for `since`, not a number of events. */
  readonly newest?: number | undefined;
  readonly onProblem: (problem: LogProblem) => void;
}

/**
 * Reads files of a log as one: all events in the order `(ts, id)`, each id once (the first in that order), in memory that
 * grows with the number of files rather than with their size. Files need not be in order themselves.
 */
export function* readEvents(
  inputs: readonly LogInput[],
  options: ReadEventsOptions,
): Generator<LogEvent, void, void> {
  const reader = new EventReader(inputs, options);
  try {
    for (let event = reader.next(); event !== null; event = reader.next()) yield event;
  } finally {
    reader.close();
  }
}

/** The same by hand: for who needs the lines, or every nanosecond. */
export class EventReader {
  /** True when there may be events since the asked place that `newest` leaves out. */
  readonly isCut: boolean;

  readonly #heap = new CursorHeap();
  readonly #filter: IdFilter;
  /** Ids that may stand on several lines and have been read. */
  readonly #repeated = new Set<string>();
  readonly #since: { readonly ms: number; readonly id: string };
  readonly #untilMs: number;
  readonly #untilId: string | undefined;
  /** Where the current event stands, not yet passed; its text, when it was passed already. */
  #current: Cursor | null = null;
  #text = "";

  constructor(inputs: readonly LogInput[], options: ReadEventsOptions) {
    this.#untilMs = options.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(options.until.ts);
    this.#untilId = options.until?.id;
    let totalBytes = 0;
    for (const { kind, size } of inputs) totalBytes += kind === "archive" ? size * archiveGrowth : size;
    this.#filter = new IdFilter(totalBytes);
    const newest = options.newest === undefined ? null : new NewestStamps(options.newest);
    const context = {
      filter: this.#filter,
      onProblem: options.onProblem,
      heldBytes: limits.eventHeldBytes,
      onStamp: (stampMs: number): void => {
        if (stampMs <= this.#untilMs) newest?.push(stampMs);
      },
    };
    try {
      for (const input of inputs) {
        const cursor = openCursor(input, context);
        if (cursor !== null) this.#heap.push(cursor);
      }
    } catch (error) {
      this.close();
      throw error;
    }
    const sinceMs = options.since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(options.since.ts);
    const cutMs = newest?.least() ?? Number.NEGATIVE_INFINITY;
    this.isCut = cutMs > sinceMs;
    this.#since = this.isCut ? { ms: cutMs, id: "" } : { ms: sinceMs, id: options.since?.id ?? "" };
  }

  /** Goes on to the next event; null at the end. */
  next(): LogEvent | null {
    this.#pass();
    for (let first = this.#heap.first; first !== undefined; first = this.#heap.first) {
      const { key } = first;
      if (key.stampMs > this.#untilMs) return null;
      if (key.stampMs === this.#untilMs && this.#untilId !== undefined && key.id > this.#untilId) return null;
      if (this.#isEarly(key)) {
        this.#passEarly(first);
        continue;
      }
      this.#current = first;
      if (!this.#filter.mayRepeat(key.hash)) {
        const event = first.parse();
        if (event !== null) return event;
        this.#pass();
        continue;
      }
      const kept = takeCopies(this.#heap, first);
      this.#current = null;
      if (kept === null || this.#repeated.has(kept.event.id)) continue;
      this.#repeated.add(kept.event.id);
      this.#text = kept.text;
      return kept.event;
    }
    return null;
  }

  /** The line of the current event as stored, without its newline. */
  text(): string {
    return this.#current === null ? this.#text : this.#current.text();
  }

  close(): void {
    this.#heap.close();
  }

  #isEarly(key: Cursor["key"]): boolean {
    const { ms, id } = this.#since;
    return key.stampMs < ms || (key.stampMs === ms && id !== "" && key.id < id);
  }

  /** Of an id that comes again later, this one is the first all the same: then the later ones don't count. */
  #passEarly(first: Cursor): void {
    if (this.#filter.mayRepeat(first.key.hash)) {
      const kept = takeCopies(this.#heap, first);
      if (kept !== null) this.#repeated.add(kept.event.id);
      return;
    }
    first.next();
    this.#heap.settle();
  }

  #pass(): void {
    if (this.#current === null) return;
    this.#current.next();
    this.#heap.settle();
    this.#current = null;
  }
}

/**
 * Passes over every line with this id and this stamp. They may tell different things: which one counts must depend neither on
 * file names nor on the order of lines, so the lesser text does.
 */
function takeCopies(heap: CursorHeap, first: Cursor): Copy | null {
  const { stampMs, id } = first.key;
  const copies: Copy[] = [];
  for (
    let copy: Cursor | undefined = first;
    copy?.key.stampMs === stampMs && copy.key.id === id;
    copy = heap.first
  ) {
    const event = copy.parse();
    if (event !== null) copies.push({ event, text: copy.text() });
    copy.next();
    heap.settle();
  }
  return copies.reduce<Copy | null>(
    (least, copy) => (least === null || copy.text < least.text ? copy : least),
    null,
  );
}

interface Copy {
  readonly event: LogEvent;
  readonly text: string;
}

/** Cursors by the place of their current event. */
class CursorHeap {
  readonly #cursors: Cursor[] = [];

  get first(): Cursor | undefined {
    return this.#cursors[0];
  }

  push(cursor: Cursor): void {
    const cursors = this.#cursors;
    let at = cursors.push(cursor) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = cursors[above];
      if (parent === undefined || !isBefore(cursor, parent)) break;
      cursors[at] = parent;
      at = above;
    }
    cursors[at] = cursor;
  }

  /** Puts the first cursor where it belongs after it has moved, or drops it at its end. */
  settle(): void {
    const cursors = this.#cursors;
    let moved = cursors[0];
    if (moved === undefined) return;
    if (!moved.isOpen) {
      const last = cursors.pop();
      if (last === undefined || cursors.length === 0) return;
      moved = last;
    }
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = cursors[below];
      if (child === undefined) break;
      const right = cursors[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        below++;
      }
      if (!isBefore(child, moved)) break;
      cursors[at] = child;
      at = below;
    }
    cursors[at] = moved;
  }

  close(): void {
    for (const cursor of this.#cursors) cursor.close();
    this.#cursors.length = 0;
  }
}

function isBefore(left: Cursor, right: Cursor): boolean {
  if (left.key.stampMs !== right.key.stampMs) return left.key.stampMs < right.key.stampMs;
  return left.key.id < right.key.id;
}
