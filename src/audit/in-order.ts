/**
 * Applies `work` to items, up to `parallel` at once, and yields the results in the order of the items. When one fails, or
 * the caller stops, no further item is begun.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  parallel: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  const begin = (item: Item): void => {
    const result = work(item);
    // It is awaited later, in its turn.
    result.catch(() => undefined);
    running.push(result);
  };
  for await (const item of items) {
    begin(item);
    if (running.length < parallel) continue;
    const first = running.shift();
    if (first !== undefined) yield await first;
  }
  for (const result of running) yield await result;
}
