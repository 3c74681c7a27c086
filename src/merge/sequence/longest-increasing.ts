/**
 * Finds a longest strictly increasing subsequence of integers: what did not move when a sequence was rearranged, say.
 * Patience sorting, O(n log n); which of several longest ones is found depends on the values only.
 *
 * @returns the indexes into `values` of the subsequence, ascending.
 */
export function longestIncreasing(values: Int32Array): Int32Array {
  if (isIncreasing(values)) return Int32Array.from(values, (_, index) => index);
  const tails = new Int32Array(values.length);
  const previous = new Int32Array(values.length);
  let length = 0;
  for (let index = 0; index < values.length; index++) {
    const pile = firstPileNotBelow(values, tails, length, values[index] ?? 0);
    previous[index] = pile === 0 ? -1 : (tails[pile - 1] ?? -1);
    tails[pile] = index;
    if (pile === length) length++;
  }
  const found = new Int32Array(length);
  for (let at = length - 1, index = tails[length - 1] ?? -1; at >= 0; at--) {
    found[at] = index;
    index = previous[index] ?? -1;
  }
  return found;
}

function isIncreasing(values: Int32Array): boolean {
  for (let index = 1; index < values.length; index++) {
    if ((values[index - 1] ?? 0) >= (values[index] ?? 0)) return false;
  }
  return true;
}

function firstPileNotBelow(values: Int32Array, tails: Int32Array, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
