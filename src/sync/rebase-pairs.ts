import { type CommitIdentity, listCommits } from "../git/reflogs.ts";
import type { GitCall } from "../git/run-git.ts";
import type { Rebased } from "./find-moves.ts";
import type { Pair } from "./missing-events.ts";

/**
 * Works out which commits became which in a rebase: those with the same author, author's date and subject, in their
 * order. What was squashed, reworded or dropped is not found again.
 */
export function rebasePairs(call: GitCall, { from, to, onto }: Rebased): readonly Pair[] {
  return pairUp(listCommits(call, from, [to, onto]), listCommits(call, to, [from, onto]));
}

/** Pairs commits that are the same but for their place. */
export function pairUp(olds: readonly CommitIdentity[], news: readonly CommitIdentity[]): readonly Pair[] {
  const waiting = new Map<string, string[]>();
  for (const { oid, key } of news) {
    const same = waiting.get(key);
    if (same === undefined) waiting.set(key, [oid]);
    else same.push(oid);
  }
  return olds.flatMap(({ oid, key }) => {
    const to = waiting.get(key)?.shift();
    return to === undefined ? [] : [[oid, to] as const];
  });
}
