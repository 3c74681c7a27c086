import { Buffer } from "node:buffer";

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
    this.#needle = Buffer.from(`\n${"<".repeat(Math.min(defaultMarkerSize, Math.max(1, markerSize)))}`);
  }

  /** Looks at the next piece of one text; a marker may begin in the piece before. */
  inspect(chunk: Buffer): void {
    if (this.found) return;
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, seamBytes)]);
    this.found = this.#holdsMarker(seam) || this.#holdsMarker(chunk);
    this.#tail =
      chunk.length >= seamBytes ? Buffer.from(chunk.subarray(-seamBytes)) : seam.subarray(-seamBytes);
  }

  #holdsMarker(text: Buffer): boolean {
    for (let at = text.indexOf(this.#needle); at >= 0; at = text.indexOf(this.#needle, at + 1)) {
      let end = at + this.#needle.length;
      while (text[end] === opening) end++;
      const next = text[end];
      // A marker cut off by the end of the piece is seen whole in the seam with the next one.
      if (next === space || next === newline || next === carriageReturn) return true;
    }
    return false;
  }
}

/** Kept from one piece to the next: longer than any marker in practice (git nests at most a few virtual bases). */
const seamBytes = 256;
