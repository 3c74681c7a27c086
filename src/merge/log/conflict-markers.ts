import { Buffer } from "node:buffer";
import type { LineTable } from "./line-table.ts";

/** git's default marker size; markers of virtual bases are longer, never shorter. */
const defaultMarkerSize = 7;
const opening = "<".charCodeAt(0);
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** Searches text that comes in pieces for the opening line of a conflict (`<<<<<<< label`), whatever its size. */
export class MarkerSearch {
  found = false;
  readonly #needle: Buffer;
  #tail: Buffer = Buffer.from("\n");

  constructor(markerSize: number) {
    this.#needle = Buffer.from("<".repeat(leastMarkerSize(markerSize)));
  }

  /** Looks at the next piece of one text; a marker may begin in the piece before. */
  inspect(chunk: Buffer): void {
    if (this.found) return;
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, seamBytes)]);
    this.found = this.#holdsMarker(seam) || this.#holdsMarker(chunk);
    this.#tail =
      chunk.length >= seamBytes ? Buffer.from(chunk.subarray(-seamBytes)) : seam.subarray(-seamBytes);
  }

  /** A marker cut off at the end, or whose line began before the text, is seen whole in a seam. */
  #holdsMarker(text: Buffer): boolean {
    // Without the line feed in front of it the needle begins with a byte that is rare in logs: five times as fast.
    for (let at = text.indexOf(this.#needle); at >= 0; at = text.indexOf(this.#needle, at + 1)) {
      if (text[at - 1] === newline && isMarker(text, at, this.#needle.length)) return true;
    }
    return false;
  }
}

/** Searches indexed lines for the opening line of a conflict. */
export function holdsMarkerLine(table: LineTable, markerSize: number): boolean {
  if (!table.mayHoldMarkers) return false;
  const least = leastMarkerSize(markerSize);
  for (let line = 0; line < table.count; line++) {
    const start = table.starts[line] ?? 0;
    if (table.bytes[start] === opening && isMarker(table.bytes, start, least)) return true;
  }
  return false;
}

function leastMarkerSize(markerSize: number): number {
  return Math.min(defaultMarkerSize, Math.max(1, markerSize));
}

/** True when at least `least` signs stand at `start`, and then a blank or a line's end. */
function isMarker(text: Buffer, start: number, least: number): boolean {
  let end = start;
  while (text[end] === opening) end++;
  const next = text[end];
  const isEnd = next === space || next === newline || next === carriageReturn;
  return isEnd && end - start >= least;
}

/** Kept from one piece to the next: longer than any marker in practice (git nests at most a few virtual bases). */
const seamBytes = 256;
