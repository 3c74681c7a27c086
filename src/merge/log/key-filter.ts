import { hasKey, type LineTable } from "./line-table.ts";
import { fileNames, type PerFile } from "./log-files.ts";

/** Bits of the filter for each line: about one key in sixteen is taken for a repeated one without being it. */
const bitsPerLine = 16;
const bitsMin = 1 << 10;
/** 8 MB: larger ones would no longer stay in a processor's cache. */
const bitsMax = 1 << 26;

/**
 * Tells cheaply which lines' keys stand in no other line of any version; in logs that only grew those are nearly all.
 * A Bloom filter with one hash: what it calls unique is unique, what it does not may be.
 */
export class KeyFilter {
  /** Lines whose key may stand in another line as well. */
  readonly repeatableCount: number;
  readonly #repeated: Uint32Array;
  readonly #mask: number;

  constructor(tables: PerFile<LineTable>) {
    const total = tables.base.count + tables.ours.count + tables.theirs.count;
    const bits = Math.min(bitsMax, Math.max(bitsMin, 2 ** Math.ceil(Math.log2(total * bitsPerLine + 1))));
    const seen = new Uint32Array(bits >>> 5);
    this.#mask = bits - 1;
    this.#repeated = new Uint32Array(bits >>> 5);
    for (const file of fileNames) this.#note(tables[file], seen);
    this.repeatableCount = this.#countRepeatable(tables);
  }

  /** False when only one line has a key with this hash. */
  mayRepeat(keyHash: number): boolean {
    const bit = keyHash & this.#mask;
    return ((this.#repeated[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  #note(table: LineTable, seen: Uint32Array): void {
    for (let line = 0; line < table.count; line++) {
      if (!hasKey(table, line)) continue;
      const hash = table.keyHashes[line] ?? 0;
      const word = (hash & this.#mask) >>> 5;
      const bit = 1 << (hash & 31);
      const known = seen[word] ?? 0;
      if ((known & bit) === 0) seen[word] = known | bit;
      else this.#repeated[word] = (this.#repeated[word] ?? 0) | bit;
    }
  }

  #countRepeatable(tables: PerFile<LineTable>): number {
    let count = 0;
    for (const file of fileNames) {
      const table = tables[file];
      for (let line = 0; line < table.count; line++) {
        if (hasKey(table, line) && this.mayRepeat(table.keyHashes[line] ?? 0)) count++;
      }
    }
    return count;
  }
}
