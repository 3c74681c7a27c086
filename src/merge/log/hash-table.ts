/**
 * A hash table of small integers: entry numbers `0, 1, 2 …` in the order they were added. What an entry stands for,
 * and what makes two of them equal, only the caller knows.
 */
export class HashTable {
  size = 0;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #hashes: Int32Array;

  /** @param capacity the most entries it will ever hold. */
  constructor(capacity: number) {
    const buckets = 1 << Math.min(28, Math.max(4, Math.ceil(Math.log2(capacity + 1))));
    this.#heads = new Int32Array(buckets).fill(-1);
    this.#next = new Int32Array(capacity);
    this.#hashes = new Int32Array(capacity);
  }

  /** Finds the entry with this hash that `isSame` accepts, or adds one (its number is then the former `size`). */
  findOrAdd(hash: number, isSame: (entry: number) => boolean): number {
    const bucket = hash & (this.#heads.length - 1);
    for (let entry = this.#heads[bucket] ?? -1; entry >= 0; entry = this.#next[entry] ?? -1) {
      if (this.#hashes[entry] === hash && isSame(entry)) return entry;
    }
    const added = this.size++;
    this.#hashes[added] = hash;
    this.#next[added] = this.#heads[bucket] ?? -1;
    this.#heads[bucket] = added;
    return added;
  }
}
