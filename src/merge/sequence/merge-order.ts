import { mergeIdOrder } from "./merge-id-order.ts";

/** Three versions of one sequence, as keys; each key at most once in each version. */
export interface KeySequences {
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  /** The keys that the result holds; each stands in `ours` or in `theirs` (what stands in neither has no place and is left out). */
  readonly survivors: ReadonlySet<string>;
  /** A total order over keys, for what no side decides; UTF-16 code unit order unless given. */
  readonly compare?: (left: string, right: string) => number;
}

/**
 * Merges the order of three versions of a sequence.
 *
 * - Every survivor stands once in the result; swapping `ours` and `theirs` changes nothing.
 * - What only one side rearranged is as that side has it; a side that equals the base leaves the other's order as it is.
 * - What both sides put into one gap: two sorted runs are woven into one sorted run, others stay whole, the run with the lesser first key first.
 * - When both sides are sorted by `compare`, so is the result.
 *
 * @example
 * mergeOrder({ base: ["a", "c"], ours: ["a", "b", "c"], theirs: ["c", "a"], survivors: new Set(["a", "b", "c"]) })
 */
export function mergeOrder(input: KeySequences): string[] {
  const idOf = new Map<string, number>();
  const keys: string[] = [];
  const intern = (key: string): number => {
    let id = idOf.get(key);
    if (id === undefined) {
      id = keys.length;
      keys.push(key);
      idOf.set(key, id);
    }
    return id;
  };
  const base = Int32Array.from(input.base, intern);
  const ours = Int32Array.from(input.ours, intern);
  const theirs = Int32Array.from(input.theirs, intern);
  const compare = input.compare ?? compareCodeUnits;
  const keyOf = (id: number): string => keys[id] ?? "";
  const order = mergeIdOrder({
    base,
    ours,
    theirs,
    idCount: keys.length,
    survives: (id) => input.survivors.has(keyOf(id)),
    compare: (left, right) => compare(keyOf(left), keyOf(right)),
  });
  return order.map(keyOf);
}

/** Merges the order of the keys of three maps; `survivors` are the keys that the result holds. */
export function mergeKeyOrder(
  maps: Record<"base" | "ours" | "theirs", ReadonlyMap<string, unknown>>,
  survivors: ReadonlySet<string>,
  compare?: KeySequences["compare"],
): string[] {
  const [base, ours, theirs] = [[...maps.base.keys()], [...maps.ours.keys()], [...maps.theirs.keys()]];
  return mergeOrder({ base, ours, theirs, survivors, ...(compare && { compare }) });
}

function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
