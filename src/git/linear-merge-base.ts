import { objectLimits } from "./object-limits.ts";
import type { TreeReader } from "./tree-reader.ts";

/**
 * The merge base of two commits where it can be seen without git: each commit is followed back while it has one parent. Where
 * the two ways meet, all that both have in common lies behind that commit, so it is the best common ancestor and the only one.
 * Undefined where they don't meet: then git has to search.
 */
export async function linearMergeBase(
  trees: TreeReader,
  left: string,
  right: string,
): Promise<string | undefined> {
  const seen = new Set<string>();
  let tips: (string | undefined)[] = [left, right];
  for (let step = 0; step < objectLimits.linearSteps; step++) {
    for (const tip of tips) {
      if (tip === undefined) continue;
      if (seen.has(tip)) return tip;
      seen.add(tip);
    }
    tips = await Promise.all(
      tips.map(async (tip) => {
        if (tip === undefined) return undefined;
        const { parents } = await trees.commit(tip);
        return parents.length === 1 ? parents[0] : undefined;
      }),
    );
  }
  return undefined;
}
