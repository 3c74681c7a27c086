/** Bytes that an event takes at least, about; so many bits at the most. */
const bytesPerLine = 100;
const bitsPerLine = 16;
const bitsMin = 1 << 12;
const bitsMax = 1 << 28;

/**
 * Tells cheaply which ids stand on one line only: nearly all. A Bloom filter with one hash; what it calls unique is unique,
 * what it does not may be, and is then compared exactly.
 */
export class IdFilter {
  readonly #seen: Uint32Array;
  readonly #repeated: Uint32Array;
  readonly #mask: number;

  /** @param totalBytes of all the lines whose ids will be noted. */
  constructor(totalBytes: number) {
    const wanted = (totalBytes / bytesPerLine) * bitsPerLine + 1;
    const bits = Math.min(bitsMax, Math.max(bitsMin, 2 ** Math.ceil(Math.log2(wanted))));
    this.#mask = bits - 1;
    this.#seen = new Uint32Array(bits >>> 5);
    this.#repeated = new Uint32Array(bits >>> 5);
  }

  note(hash: number): void {
    const at = hash & this.#mask;
    const word = at >>> 5;
    const bit = 1 << (at & 31);
    if (((this.#seen[word] ?? 0) & bit) === 0) this.#seen[word] = (this.#seen[word] ?? 0) | bit;
    else this.#repeated[word] = (this.#repeated[word] ?? 0) | bit;
  }

  /** False when only one line has an id with this hash. */
  mayRepeat(hash: number): boolean {
    const at = hash & this.#mask;
    return ((this.#repeated[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
  }
}
