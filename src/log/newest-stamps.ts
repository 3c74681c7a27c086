/** The so many greatest of all numbers that are pushed: a binary heap with the least of them first. */
export class NewestStamps {
  readonly #size: number;
  readonly #heap: number[] = [];
  /** How many were pushed. */
  #pushed = 0;

  constructor(size: number) {
    this.#size = size;
  }

  push(stampMs: number): void {
    this.#pushed++;
    const heap = this.#heap;
    if (heap.length < this.#size) {
      let at = heap.push(stampMs) - 1;
      while (at > 0 && stampMs < (heap[(at - 1) >> 1] ?? 0)) {
        heap[at] = heap[(at - 1) >> 1] ?? 0;
        at = (at - 1) >> 1;
      }
      heap[at] = stampMs;
    } else if (stampMs > (heap[0] ?? Number.POSITIVE_INFINITY)) this.#replaceLeast(stampMs);
  }

  /** The least of the greatest; null when everything is among them. */
  least(): number | null {
    return this.#pushed > this.#size ? (this.#heap[0] ?? null) : null;
  }

  #replaceLeast(stampMs: number): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && (heap[below + 1] ?? 0) < (heap[below] ?? 0)) below++;
      if ((heap[below] ?? 0) >= stampMs) break;
      heap[at] = heap[below] ?? 0;
      at = below;
    }
    heap[at] = stampMs;
  }
}
