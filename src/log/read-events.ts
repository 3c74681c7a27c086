import type { LogEvent } from "../model/event.ts";
import { limits } from "../base/limits.ts";
import { type Cursor, openCursor } from "./cursor.ts";
import { IdFilter } from "./id-filter.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem, Position } from "./log.ts";

/** An archive takes at most this many times its own size when it is decompressed; only sizes a table. */
const archiveGrowth = 10;

/** An event with the line it came from. */
export interface ReadEvent {
  readonly event: LogEvent;
  /** As stored, without the newline. */
  readonly text: () => string;
}

/**
 * Reads files of a log as one: all events in the order `(ts, id)`, each id once (the first in that order), in memory that
 * grows with the number of files rather than with their size. Files need not be in order themselves.
 */
export function* readEvents(
  inputs: readonly LogInput[],
  options: { readonly until?: Position | undefined; readonly onProblem: (problem: LogProblem) => void },
): Generator<LogEvent, void, void> {
  for (const { event } of readLines(inputs, options)) yield event;
}

/** The same with the text of each line. The yielded object is the same each time: take what you need. */
export function* readLines(
  inputs: readonly LogInput[],
  options: { readonly until?: Position | undefined; readonly onProblem: (problem: LogProblem) => void },
): Generator<ReadEvent, void, void> {
  let totalBytes = 0;
  for (const { kind, size } of inputs) totalBytes += kind === "archive" ? size * archiveGrowth : size;
  const filter = new IdFilter(totalBytes);
  const context = { filter, onProblem: options.onProblem, heldBytes: limits.eventHeldBytes };
  const heap = new CursorHeap();
  const untilMs = options.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(options.until.ts);
  const untilId = options.until?.id;
  const repeated = new Set<string>();
  try {
    for (const input of inputs) {
      const cursor = openCursor(input, context);
      if (cursor !== null) heap.push(cursor);
    }
    for (let first = heap.first; first !== undefined; first = heap.first) {
      const { stampMs, id, hash } = first.key;
      if (stampMs > untilMs || (stampMs === untilMs && untilId !== undefined && id > untilId)) return;
      if (filter.mayRepeat(hash)) {
        const kept = takeCopies(heap, first);
        if (kept === null || repeated.has(id)) continue;
        repeated.add(id);
        yield { event: kept.event, text: () => kept.text };
        continue;
      }
      const event = first.parse();
      if (event !== null) yield { event, text: () => first.text() };
      first.next();
      heap.settle();
    }
  } finally {
    heap.close();
  }
}

/**
 * Passes over every line with this id and this stamp. They may tell different things: which one counts must depend neither on
 * file names nor on the order of lines, so the lesser text does.
 */
function takeCopies(
  heap: CursorHeap,
  first: Cursor,
): { readonly event: LogEvent; readonly text: string } | null {
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
