/**
 * The order merge behind `mergeOrder`, over small integers instead of keys, so that a log of a million lines needs no strings.
 *
 * Keys that stand in all three versions and moved in neither side are the skeleton. Every other survivor hangs in the gap
 * behind a skeleton key, where the side that moved or added it has it; each gap then merges at most two runs.
 */
import { inOneOrder } from "./in-one-order.ts";
import { longestIncreasing } from "./longest-increasing.ts";
import { mergeRuns, type Runs } from "./merge-runs.ts";

/** Three versions of a sequence of distinct ids in `0 … idCount - 1`. */
export interface IdSequences {
  readonly base: Int32Array;
  readonly ours: Int32Array;
  readonly theirs: Int32Array;
  readonly idCount: number;
  readonly survives: (id: number) => boolean;
  /** A total order: 0 only for equal ids. */
  readonly compare: (left: number, right: number) => number;
  /** Orders what both sides put into one gap in a better way than `mergeRuns`; null leaves it to `mergeRuns`. */
  readonly mergeGap?: (runs: Runs) => Iterable<number> | null;
}

/** Merges the order of three versions; see `mergeOrder` for what it guarantees. */
export function mergeIdOrder(input: IdSequences): number[] {
  const { idCount } = input;
  const survives = new Uint8Array(idCount);
  for (let id = 0; id < idCount; id++) survives[id] = input.survives(id) ? 1 : 0;
  const inBase = positions(input.base, idCount);
  const inOurs = positions(input.ours, idCount);
  const inTheirs = positions(input.theirs, idCount);
  const isShared = (id: number): boolean =>
    survives[id] === 1 && at(inBase, id) >= 0 && at(inOurs, id) >= 0 && at(inTheirs, id) >= 0;

  const [oursShared, theirsShared] = [input.ours.filter(isShared), input.theirs.filter(isShared)];
  const stillInOurs = unmoved(oursShared, inBase, idCount);
  const stillInTheirs = unmoved(theirsShared, inBase, idCount);
  const isMostlyMoved = ({ count }: Unmoved): boolean => count * 2 < oursShared.length;
  if (isMostlyMoved(stillInOurs) && isMostlyMoved(stillInTheirs))
    return mergeIdOrder({ ...input, ...inOneOrder(input, isShared, input.compare) });
  const isSkeleton = (id: number): boolean => stillInOurs.marks[id] === 1 && stillInTheirs.marks[id] === 1;
  const skeleton = input.base.filter(isSkeleton);

  const oursGap = gaps(input.ours, isSkeleton, idCount);
  const theirsGap = gaps(input.theirs, isSkeleton, idCount);
  const oursDecides = (id: number): boolean => {
    if (stillInOurs.marks[id] !== stillInTheirs.marks[id]) return stillInOurs.marks[id] === 0;
    return at(oursGap, id) < at(theirsGap, id);
  };
  const samePlace = (id: number): boolean => at(oursGap, id) === at(theirsGap, id);
  const isPlaced = (id: number): boolean => survives[id] === 1 && !isSkeleton(id);
  const ours = input.ours.filter(
    (id) => isPlaced(id) && (at(inTheirs, id) < 0 || samePlace(id) || oursDecides(id)),
  );
  const theirs = input.theirs.filter(
    (id) => isPlaced(id) && (at(inOurs, id) < 0 || samePlace(id) || !oursDecides(id)),
  );

  const result: number[] = [];
  for (let gap = 0, nextOurs = 0, nextTheirs = 0; gap <= skeleton.length; gap++) {
    const oursEnd = endOfGap(ours, nextOurs, oursGap, gap);
    const theirsEnd = endOfGap(theirs, nextTheirs, theirsGap, gap);
    if (oursEnd > nextOurs || theirsEnd > nextTheirs) {
      const runs = { ours: ours.subarray(nextOurs, oursEnd), theirs: theirs.subarray(nextTheirs, theirsEnd) };
      const merged = input.mergeGap?.(runs) ?? mergeRuns(runs, inBase, input.compare);
      for (const id of merged) result.push(id);
    }
    nextOurs = oursEnd;
    nextTheirs = theirsEnd;
    const anchor = skeleton[gap];
    if (anchor !== undefined) result.push(anchor);
  }
  return result;
}

function at(values: Int32Array, id: number): number {
  return values[id] ?? -1;
}

function positions(sequence: Int32Array, idCount: number): Int32Array {
  const position = new Int32Array(idCount).fill(-1);
  sequence.forEach((id, index) => (position[id] = index));
  return position;
}

/** The ids that a side left where they were: marked with 1 by id, and how many. */
interface Unmoved {
  readonly marks: Uint8Array;
  readonly count: number;
}

/** Finds the ids of `sequence` that keep their base order when as few as possible are taken to have moved. */
function unmoved(sequence: Int32Array, inBase: Int32Array, idCount: number): Unmoved {
  const marks = new Uint8Array(idCount);
  const kept = longestIncreasing(sequence.map((id) => at(inBase, id)));
  for (const index of kept) marks[sequence[index] ?? 0] = 1;
  return { marks, count: kept.length };
}

/** For each id of `sequence`: how many skeleton ids stand before it. */
function gaps(sequence: Int32Array, isSkeleton: (id: number) => boolean, idCount: number): Int32Array {
  const gap = new Int32Array(idCount).fill(-1);
  let current = 0;
  for (const id of sequence) {
    gap[id] = current;
    if (isSkeleton(id)) current++;
  }
  return gap;
}

function endOfGap(ids: Int32Array, start: number, gapOf: Int32Array, gap: number): number {
  let end = start;
  while (end < ids.length && at(gapOf, ids[end] ?? 0) === gap) end++;
  return end;
}
