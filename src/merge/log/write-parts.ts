import { Buffer } from "node:buffer";
import type { MergeOptions } from "../merge-result.ts";
import type { LogPart } from "../merge-log.ts";
import { contentEnd, isUnterminated, lineBytes, type LineTable } from "./line-table.ts";
import type { FileName, PerFile } from "./log-files.ts";
import type { LineSlots } from "./match-lines.ts";
import { outcome, type Resolution } from "./resolve-lines.ts";

/** Lines are gathered into pieces of about this size, so that a writer is not called for each of a million lines. */
const pieceBytes = 1024 * 1024;
/** Neighbouring lines of one side that reach this size together are handed out as a range, not copied. */
const rangeBytes = 64 * 1024;
const lineEndingBytesMax = 2;

export type LineEnding = "\n" | "\r\n";

export interface MergedLines {
  readonly tables: PerFile<LineTable>;
  /** Where each table begins in its source. */
  readonly offsets: PerFile<number>;
  /** How lines end in each version, for a line that lacks its end. */
  readonly endings: PerFile<LineEnding>;
  readonly slots: LineSlots;
  readonly resolution: Resolution;
  readonly order: readonly number[];
  readonly options: Pick<MergeOptions, "markerSize" | "labels">;
}

/** Writes the merged lines as parts. */
export function* writeParts(merged: MergedLines): Generator<LogPart> {
  const { tables, slots, resolution, order } = merged;
  const gathered = new Gathered(
    Math.min(pieceBytes, tables.ours.bytes.length + tables.theirs.bytes.length + rangeBytes),
  );
  for (let index = 0; index < order.length;) {
    const slot = order[index] ?? 0;
    const given = resolution.given.get(slot);
    if (given !== undefined || resolution.outcome[slot] === outcome.conflict) {
      // Of any size, and rare.
      yield* gathered.flush();
      const bytes =
        given === undefined
          ? conflictBlock(merged, slot)
          : Buffer.from(given + (index + 1 < order.length ? merged.endings.ours : lastEnding(merged, slot)));
      yield { kind: "bytes", bytes };
      index++;
    } else {
      const file = sourceOf(resolution, slot);
      const first = slots.lines[file][slot] ?? 0;
      const next = endOfStretch(merged, index, file, first);
      const last = first + (next - index) - 1;
      const start = tables[file].starts[first] ?? 0;
      const end = tables[file].starts[last + 1] ?? 0;
      if (end - start >= rangeBytes) {
        yield* gathered.flush();
        yield {
          kind: "range",
          source: file,
          start: merged.offsets[file] + start,
          end: merged.offsets[file] + end,
        };
      } else {
        if (gathered.lacks(end - start + lineEndingBytesMax)) yield* gathered.flush();
        gathered.add(tables[file].bytes.subarray(start, end));
      }
      // A torn line must never run into the line behind it.
      if (next < order.length && isUnterminated(tables[file], last))
        gathered.add(missingEnding(merged, file, last));
      index = next;
    }
  }
  yield* gathered.flush();
}

/** Copies lines together. */
class Gathered {
  size = 0;
  readonly #capacity: number;
  #piece: Buffer;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#piece = Buffer.allocUnsafeSlow(capacity);
  }

  /** True when this many more bytes would not fit. */
  lacks(bytes: number): boolean {
    return this.size + bytes > this.#capacity;
  }

  add(bytes: Uint8Array): void {
    this.#piece.set(bytes, this.size);
    this.size += bytes.length;
  }

  *flush(): Generator<LogPart> {
    if (this.size === 0) return;
    yield { kind: "bytes", bytes: this.#piece.subarray(0, this.size) };
    // Whoever took the piece may keep it.
    this.#piece = Buffer.allocUnsafeSlow(this.#capacity);
    this.size = 0;
  }
}

/** How a given line ends that is the last one: as our version of it does. */
function lastEnding({ tables, slots, endings }: MergedLines, slot: number): string {
  return isUnterminated(tables.ours, slots.lines.ours[slot] ?? 0) ? "" : endings.ours;
}

function sourceOf(resolution: Resolution, slot: number): FileName {
  return resolution.outcome[slot] === outcome.theirs ? "theirs" : "ours";
}

/** Index in `order` behind the lines that follow each other in `file` as well. */
function endOfStretch(merged: MergedLines, from: number, file: FileName, firstLine: number): number {
  const { order, resolution, slots } = merged;
  const decided = resolution.outcome[order[from] ?? 0];
  const lineOfSlot = slots.lines[file];
  let index = from + 1;
  for (let line = firstLine + 1; index < order.length; index++, line++) {
    const slot = order[index] ?? 0;
    if (resolution.outcome[slot] !== decided || lineOfSlot[slot] !== line) break;
  }
  return index;
}

/** git's conflict block around the two versions of one line. */
function conflictBlock(merged: MergedLines, slot: number): Buffer {
  const { markerSize, labels } = merged.options;
  const oursLine = merged.slots.lines.ours[slot] ?? 0;
  const theirsLine = merged.slots.lines.theirs[slot] ?? 0;
  const marker = (sign: string, label: string): Buffer =>
    Buffer.from(sign.repeat(markerSize) + (label === "" ? "" : ` ${label}`) + merged.endings.ours);
  return Buffer.concat([
    marker("<", labels.ours),
    terminated(merged, "ours", oursLine),
    marker("=", ""),
    terminated(merged, "theirs", theirsLine),
    marker(">", labels.theirs),
  ]);
}

function terminated(merged: MergedLines, file: FileName, line: number): Buffer {
  const bytes = lineBytes(merged.tables[file], line);
  return isUnterminated(merged.tables[file], line)
    ? Buffer.concat([bytes, missingEnding(merged, file, line)])
    : bytes;
}

/** What a torn line lacks: the whole terminator, or its second half. */
function missingEnding(merged: MergedLines, file: FileName, line: number): Buffer {
  const table = merged.tables[file];
  const hasReturn = contentEnd(table, line) < (table.starts[line + 1] ?? 0);
  return Buffer.from(hasReturn ? "\n" : merged.endings[file]);
}
