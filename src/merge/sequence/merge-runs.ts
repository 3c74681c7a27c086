/** What both sides put between the same two neighbours. Ids that stand in both runs are placed by both sides. */
export interface Runs {
  readonly ours: Int32Array;
  readonly theirs: Int32Array;
}

type Compare = (left: number, right: number) => number;

/**
 * Merges two runs of distinct ids into one; the same for swapped sides.
 * Ids in both runs keep the order of the side that rearranged them; what stands behind such an id in either run stays behind it.
 *
 * @param inBase base position by id, -1 for what the base does not hold.
 * @param compare a total order over ids.
 */
export function mergeRuns(runs: Runs, inBase: Int32Array, compare: Compare): Iterable<number> {
  if (runs.ours.length === 0) return runs.theirs;
  if (runs.theirs.length === 0) return runs.ours;
  const inOurs = new Set(runs.ours);
  const oursCommon: number[] = [];
  const common = new Set<number>();
  for (const id of runs.theirs) if (inOurs.has(id)) common.add(id);
  if (common.size === 0) return weave(runs.ours, runs.theirs, compare);
  for (const id of runs.ours) if (common.has(id)) oursCommon.push(id);

  const order = commonOrder(oursCommon, [...common], inBase, compare);
  const oursBehind = splitBehind(runs.ours, common);
  const theirsBehind = splitBehind(runs.theirs, common);
  const result: number[] = [];
  for (const anchor of [beforeAll, ...order]) {
    if (anchor !== beforeAll) result.push(anchor);
    for (const id of weave(oursBehind.get(anchor) ?? [], theirsBehind.get(anchor) ?? [], compare))
      result.push(id);
  }
  return result;
}

/** Stands for "no anchor yet" among ids, which are not negative. */
const beforeAll = -1;

/** Chooses between two orders of the same ids: the side that left the base's order; if both or neither did, the lesser sequence. */
function commonOrder(
  ours: readonly number[],
  theirs: readonly number[],
  inBase: Int32Array,
  compare: Compare,
): readonly number[] {
  const oursKept = keepsBaseOrder(ours, inBase);
  if (oursKept !== keepsBaseOrder(theirs, inBase)) return oursKept ? theirs : ours;
  for (const [index, id] of ours.entries()) {
    const difference = compare(id, theirs[index] ?? id);
    if (difference !== 0) return difference < 0 ? ours : theirs;
  }
  return ours;
}

function keepsBaseOrder(ids: readonly number[], inBase: Int32Array): boolean {
  let last = -1;
  for (const id of ids) {
    const position = inBase[id] ?? -1;
    if (position < 0) continue;
    if (position < last) return false;
    last = position;
  }
  return true;
}

/** Groups the ids of a run by the common id they stand behind. */
function splitBehind(run: Int32Array, common: ReadonlySet<number>): Map<number, number[]> {
  let group: number[] = [];
  const groups = new Map([[beforeAll, group]]);
  for (const id of run) {
    if (common.has(id)) groups.set(id, (group = []));
    else group.push(id);
  }
  return groups;
}

/** Two sorted runs become one sorted run; otherwise each stays whole, the one with the lesser first id first. */
function weave(left: ArrayLike<number>, right: ArrayLike<number>, compare: Compare): Iterable<number> {
  if (left.length === 0) return Array.from(right);
  if (right.length === 0) return Array.from(left);
  if (!isSorted(left, compare) || !isSorted(right, compare)) {
    const leftFirst = compare(left[0] ?? 0, right[0] ?? 0) < 0;
    return leftFirst
      ? [...Array.from(left), ...Array.from(right)]
      : [...Array.from(right), ...Array.from(left)];
  }
  const result: number[] = [];
  for (let fromLeft = 0, fromRight = 0; fromLeft < left.length || fromRight < right.length;) {
    const nextLeft = left[fromLeft];
    const nextRight = right[fromRight];
    if (nextRight === undefined || (nextLeft !== undefined && compare(nextLeft, nextRight) < 0)) {
      result.push(nextLeft ?? 0);
      fromLeft++;
    } else {
      result.push(nextRight);
      fromRight++;
    }
  }
  return result;
}

function isSorted(ids: ArrayLike<number>, compare: Compare): boolean {
  for (let index = 1; index < ids.length; index++) {
    if (compare(ids[index - 1] ?? 0, ids[index] ?? 0) > 0) return false;
  }
  return true;
}
