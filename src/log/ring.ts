/** The last so many of what is pushed; all of it for 0. */
export class Ring<Item> {
  pushed = 0;
  readonly #size: number;
  readonly #items: Item[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  push(item: Item): void {
    if (this.#size === 0) this.#items.push(item);
    else this.#items[this.pushed % this.#size] = item;
    this.pushed++;
  }

  all(): readonly Item[] {
    if (this.#size === 0 || this.pushed <= this.#size) return this.#items;
    const first = this.pushed % this.#size;
    return [...this.#items.slice(first), ...this.#items.slice(0, first)];
  }
}
