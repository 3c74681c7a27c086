import { GotError } from "../base/errors.ts";
import { resolveCommit } from "../git/commit-files.ts";
import { mergeBases } from "../git/merge-commits.ts";
import { withObjectReader } from "../git/object-reader.ts";
import type { GitCall } from "../git/run-git.ts";
import { createTreeReader } from "../git/tree-reader.ts";
import { createCoverage } from "./coverage.ts";
import { type Explanation, explainMerge } from "./explain.ts";

export interface CommitExplanation extends Explanation {
  readonly commit: string;
  readonly subject: string;
  readonly ours: string;
  readonly theirs: string;
  readonly bases: readonly string[];
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
  options: { readonly wants?: (path: string) => boolean } = {},
): Promise<CommitExplanation> {
  const commit = resolveCommit(call, name);
  if (commit === null) {
    throw new GotError("USAGE", `there is no commit ${name}`, {
      facts: { name },
      hint: "git log --merges lists the merge commits.",
    });
  }
  return withObjectReader(call, async (objects) => {
    const trees = createTreeReader(objects);
    const { parents, tree, subject } = await trees.commit(commit);
    const [ours, theirs] = parents;
    if (ours === undefined || theirs === undefined || parents.length > 2)
      throw noTwoParents(name, parents.length);
    const bases = await mergeBases(call, [ours, theirs]);
    const treeOf = async (oid: string): Promise<string> => (await trees.commit(oid)).tree;
    const merge = {
      bases: await Promise.all(bases.map(treeOf)),
      sides: await Promise.all([ours, theirs].map(treeOf)),
      result: tree,
    };
    const coverageOf = createCoverage(objects, trees);
    const explanation = await explainMerge({ objects, trees, coverageOf, merge, ...options });
    return { commit, subject, ours, theirs, bases, ...explanation };
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
