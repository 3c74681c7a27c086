import { mergeBases } from "./merge-commits.ts";
import type { GitCall } from "./run-git.ts";
import { gitLines, tryGitAsync } from "./run-git-async.ts";

/** Two of a list of commits, by index. */
export interface CommitPair {
  readonly ours: number;
  readonly theirs: number;
}

/**
 * Finds the merge bases of many pairs of commits. What the commits do not all share is read once, and the pairs are looked
 * up in it: one git process for each of 1,225 pairs would take seconds.
 *
 * @returns for each pair its best common ancestors; none where it has none.
 */
export async function pairBases(
  call: GitCall,
  commits: readonly string[],
  pairs: readonly CommitPair[],
): Promise<readonly (readonly string[])[]> {
  const graph = pairs.length < 3 ? null : await readGraph(call, commits);
  if (graph !== null) return pairs.map((pair) => graph.basesOf(pair));
  const bases: (readonly string[])[] = [];
  for (const { ours, theirs } of pairs)
    bases.push(await mergeBases(call, [commits[ours] ?? "", commits[theirs] ?? ""]));
  return bases;
}

/** Commits that are held in memory; with more, git is asked for each pair. */
const graphCommitsMax = 100_000;

/** The commits down to the one that all have in common; null where there is no such one, or too many lie before it. */
async function readGraph(call: GitCall, commits: readonly string[]): Promise<CommitGraph | null> {
  const asked = await tryGitAsync(call, ["merge-base", "--octopus", "--all", ...commits]);
  const [common, ...others] = asked.stdout.split("\n").filter(Boolean);
  if (asked.status !== 0 || common === undefined || others.length > 0) return null;
  const graph = new CommitGraph(commits, common);
  const heads = [...new Set(commits)];
  for await (const line of gitLines(call, [
    "rev-list",
    "--topo-order",
    "--parents",
    ...heads,
    "--not",
    common,
  ])) {
    const [oid = "", ...parents] = line.split(" ");
    graph.add(oid, parents);
    if (graph.size > graphCommitsMax) return null;
  }
  graph.finish();
  return graph;
}

/** Which commits are reached from which heads. Children are added before their parents. */
class CommitGraph {
  readonly #common: string;
  readonly #words: number;
  readonly #indexes = new Map<string, number>();
  readonly #oids: string[] = [];
  readonly #parents: (readonly string[])[] = [];
  /** By node: a bit for each head that reaches it. */
  readonly #masks: Uint32Array[] = [];
  readonly #children: number[][] = [];
  readonly #heads: readonly string[];

  constructor(heads: readonly string[], common: string) {
    this.#heads = heads;
    this.#common = common;
    this.#words = Math.ceil(heads.length / 32);
  }

  get size(): number {
    return this.#oids.length;
  }

  add(oid: string, parents: readonly string[]): void {
    this.#indexes.set(oid, this.#oids.length);
    this.#oids.push(oid);
    this.#parents.push(parents);
    this.#masks.push(new Uint32Array(this.#words));
    this.#children.push([]);
  }

  finish(): void {
    // What lies before it is no pair's best ancestor: every head reaches it, and it reaches them.
    this.add(this.#common, []);
    for (const [bit, head] of this.#heads.entries()) {
      const mask = this.#masks[this.#indexes.get(head) ?? -1];
      if (mask !== undefined) mask[bit >> 5] = (mask[bit >> 5] ?? 0) | (1 << (bit & 31));
    }
    for (const [child, parents] of this.#parents.entries()) {
      for (const parent of parents) {
        const index = this.#indexes.get(parent);
        const mask = index === undefined ? undefined : this.#masks[index];
        if (index === undefined || mask === undefined) continue;
        this.#children[index]?.push(child);
        for (let word = 0; word < this.#words; word++)
          mask[word] = (mask[word] ?? 0) | (this.#masks[child]?.[word] ?? 0);
      }
    }
  }

  /** Of the commits that both reach, those of which no child is reached by both. */
  basesOf({ ours, theirs }: CommitPair): readonly string[] {
    const bases: string[] = [];
    for (let node = 0; node < this.#oids.length; node++) {
      if (!this.#isCommon(node, ours, theirs)) continue;
      if (this.#children[node]?.some((child) => this.#isCommon(child, ours, theirs)) === true) continue;
      bases.push(this.#oids[node] ?? "");
    }
    return bases;
  }

  #isCommon(node: number, ours: number, theirs: number): boolean {
    const mask = this.#masks[node];
    if (mask === undefined) return false;
    const has = (bit: number): boolean => ((mask[bit >> 5] ?? 0) & (1 << (bit & 31))) !== 0;
    return has(ours) && has(theirs);
  }
}
