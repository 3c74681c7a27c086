/** Three versions of a sequence of distinct ids. */
interface Sequences {
  readonly base: Int32Array;
  readonly ours: Int32Array;
  readonly theirs: Int32Array;
}

/**
 * For a sequence that both sides wrote in an order of their own (an export that is not sorted, say): gives all versions
 * the order of one side, that with the lesser first difference; weaving two unrelated orders together would keep neither.
 * What only the other side holds stays behind the shared id that it stood behind.
 *
 * @param isShared whether all three versions hold an id, and the result will.
 * @param compare a total order over ids.
 */
export function inOneOrder(
  { base, ours, theirs }: Sequences,
  isShared: (id: number) => boolean,
  compare: (left: number, right: number) => number,
): Sequences {
  const [oursShared, theirsShared] = [ours.filter(isShared), theirs.filter(isShared)];
  const at = oursShared.findIndex((id, index) => id !== theirsShared[index]);
  const oursLeads = at === -1 || compare(oursShared[at] ?? 0, theirsShared[at] ?? 0) < 0;
  const order = oursLeads ? oursShared : theirsShared;
  return {
    base: arrange(base, order, isShared),
    ours: arrange(ours, order, isShared),
    theirs: arrange(theirs, order, isShared),
  };
}

/** Puts the shared ids of a sequence into `order`; every other id moves with the shared one that it stands behind. */
function arrange(sequence: Int32Array, order: Int32Array, isShared: (id: number) => boolean): Int32Array {
  const starts = new Map<number, number>();
  let first = sequence.length;
  sequence.forEach((id, index) => {
    if (!isShared(id)) return;
    first = Math.min(first, index);
    starts.set(id, index);
  });
  const arranged = new Int32Array(sequence.length);
  arranged.set(sequence.subarray(0, first));
  let length = first;
  for (const id of order) {
    const start = starts.get(id) ?? 0;
    let end = start + 1;
    while (end < sequence.length && !isShared(sequence[end] ?? 0)) end++;
    arranged.set(sequence.subarray(start, end), length);
    length += end - start;
  }
  return arranged;
}
