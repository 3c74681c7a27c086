import { GotError } from "../base/errors.ts";
import { resolveCommit } from "../git/commit-files.ts";
import { mergeBases } from "../git/merge-commits.ts";
import { withObjectReader } from "../git/object-reader.ts";
import type { GitCall } from "../git/run-git.ts";
import { createTreeReader, type TreeEntry } from "../git/tree-reader.ts";
import { createCoverage } from "./coverage.ts";
import { type Explanation, explainMerge } from "./explain.ts";
import { createBaseOf } from "./virtual-base.ts";

export interface CommitExplanation extends Explanation {
  /** The merge commit; null for a merge that is not committed. */
  readonly commit: string | null;
  readonly subject: string;
  readonly ours: string;
  readonly theirs: string;
  readonly bases: readonly string[];
}

export interface ExplainCommitOptions {
  /** Only paths for which it returns true. */
  readonly wants?: (path: string) => boolean;
}

/**
 * Explains a merge commit with two parents.
 *
 * @param name what git calls the commit.
 * @throws GotError USAGE when there is no such commit, or it is no merge of two; MISSING_OBJECT in a clone that lacks part of it.
 */
export async function explainCommit(
  call: GitCall,
  name: string,
  options: ExplainCommitOptions = {},
): Promise<CommitExplanation> {
  const commit = resolveCommit(call, name);
  if (commit === null) {
    throw new GotError("USAGE", `there is no commit ${name}`, {
      facts: { name },
      hint: "git log --merges lists the merge commits.",
    });
  }
  const { parents, tree, subject } = await withObjectReader(call, (objects) =>
    createTreeReader(objects).commit(commit),
  );
  const [ours, theirs] = parents;
  if (ours === undefined || theirs === undefined || parents.length > 2)
    throw noTwoParents(name, parents.length);
  const bases = await mergeBases(call, [ours, theirs]);
  const explanation = await explainSides(call, { ours, theirs, bases, result: tree }, options);
  return { commit, subject, ours, theirs, bases, ...explanation };
}

/** A merge of two commits, made or not. */
export interface Sides {
  readonly ours: string;
  readonly theirs: string;
  readonly bases: readonly string[];
  /** The tree that it came to; undefined when there is none yet. */
  readonly result: string | undefined;
  /** What stands for the result of a file while there is no tree; undefined for a file that is still in conflict. */
  readonly resultAt?: (rawPath: string) => TreeEntry | null | undefined;
}

export async function explainSides(
  call: GitCall,
  sides: Sides,
  options: ExplainCommitOptions,
): Promise<Explanation> {
  return withObjectReader(call, async (objects) => {
    const trees = createTreeReader(objects);
    const treeOf = async (oid: string): Promise<string> => (await trees.commit(oid)).tree;
    const { ours, theirs, bases, result, resultAt } = sides;
    return explainMerge({
      objects,
      trees,
      coverageOf: createCoverage(objects, trees),
      merge: {
        bases: await Promise.all(bases.map(treeOf)),
        sides: await Promise.all([ours, theirs].map(treeOf)),
        result,
      },
      baseOf: createBaseOf({ call, objects, trees, bases }),
      ...(resultAt === undefined ? {} : { resultAt }),
      ...options,
    });
  });
}

function noTwoParents(name: string, parents: number): GotError {
  if (parents > 2) {
    return new GotError("USAGE", `${name} is an octopus merge of ${parents} parents`, {
      facts: { name, parents },
      hint: `git merges octopuses without drivers, so no rule decided anything; got-hooks verify --merge ${name} checks that nothing was lost.`,
    });
  }
  return new GotError("USAGE", `${name} is no merge commit`, {
    facts: { name, parents },
    hint: "git log --merges lists the merge commits. What a rebase, cherry-pick or squash decided is in no commit.",
  });
}
