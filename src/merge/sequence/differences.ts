import { limits } from "../../base/limits.ts";
import { longestIncreasing } from "./longest-increasing.ts";

/** A run of elements: index of the first, and of the one after the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A stretch of `base`, and what `side` has in its place. */
export interface Difference {
  readonly base: Span;
  readonly side: Span;
}

/**
 * Finds where `side` differs from `base`: what lies outside a longest common subsequence (Hunt and Szymanski: A Fast
 * Algorithm for Computing Longest Common Subsequences, 1977). Sequences in which many elements are alike would take
 * more than `limits.diffCandidates` pairs; the most frequent ones then match only next to others that match.
 *
 * @returns differences in ascending order, with at least one common element between each two.
 */
export function differences(base: Int32Array, side: Int32Array): Difference[] {
  const found: Difference[] = [];
  const whole = { base: { start: 0, end: base.length }, side: { start: 0, end: side.length } };
  const outer = withoutCommonEnds(base, side, whole);
  let at = { base: outer.base.start, side: outer.side.start };
  const closeGap = (baseEnd: number, sideEnd: number): void => {
    const gap = withoutCommonEnds(base, side, {
      base: { start: at.base, end: baseEnd },
      side: { start: at.side, end: sideEnd },
    });
    if (gap.base.end > gap.base.start || gap.side.end > gap.side.start) found.push(gap);
    at = { base: baseEnd + 1, side: sideEnd + 1 };
  };
  for (const [baseIndex, sideIndex] of commonSubsequence(base, side, outer)) closeGap(baseIndex, sideIndex);
  closeGap(outer.base.end, outer.side.end);
  return found;
}

function withoutCommonEnds(base: Int32Array, side: Int32Array, gap: Difference): Difference {
  let [baseStart, baseEnd] = [gap.base.start, gap.base.end];
  let [sideStart, sideEnd] = [gap.side.start, gap.side.end];
  while (baseStart < baseEnd && sideStart < sideEnd && base[baseStart] === side[sideStart]) {
    baseStart++;
    sideStart++;
  }
  while (baseStart < baseEnd && sideStart < sideEnd && base[baseEnd - 1] === side[sideEnd - 1]) {
    baseEnd--;
    sideEnd--;
  }
  return { base: { start: baseStart, end: baseEnd }, side: { start: sideStart, end: sideEnd } };
}

/** Pairs of indexes, ascending in both, at which the sequences hold the same. */
function* commonSubsequence(base: Int32Array, side: Int32Array, within: Difference) {
  const inBase = placesOf(base, within.base);
  const inSide = placesOf(side, within.side);
  // For each element of base, the places of its like in side, last first: an increasing subsequence then takes at most one.
  const pairs = pairsToWeigh(inBase, inSide);
  const baseIndexes = new Int32Array(pairs.count);
  const sideIndexes = new Int32Array(pairs.count);
  let count = 0;
  for (let index = within.base.start; index < within.base.end; index++) {
    const id = base[index] ?? 0;
    if (!pairs.ids.has(id)) continue;
    for (const place of inSide.get(id)?.toReversed() ?? []) {
      baseIndexes[count] = index;
      sideIndexes[count++] = place;
    }
  }
  for (const pair of longestIncreasing(sideIndexes))
    yield [baseIndexes[pair] ?? 0, sideIndexes[pair] ?? 0] as const;
}

function placesOf(sequence: Int32Array, span: Span): Map<number, number[]> {
  const places = new Map<number, number[]>();
  for (let index = span.start; index < span.end; index++) {
    const id = sequence[index] ?? 0;
    const known = places.get(id);
    if (known === undefined) places.set(id, [index]);
    else known.push(index);
  }
  return places;
}

/** The elements whose pairs are weighed, the rarest first, and how many pairs that are. */
function pairsToWeigh(inBase: Map<number, readonly number[]>, inSide: Map<number, readonly number[]>) {
  const weights = [...inBase].flatMap(([id, places]) => {
    const weight = places.length * (inSide.get(id)?.length ?? 0);
    return weight === 0 ? [] : [{ id, weight }];
  });
  weights.sort((a, b) => a.weight - b.weight || a.id - b.id);
  const ids = new Set<number>();
  let count = 0;
  for (const { id, weight } of weights) {
    if (count + weight > limits.diffCandidates) break;
    ids.add(id);
    count += weight;
  }
  return { ids, count };
}
