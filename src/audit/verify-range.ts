/**
 * Verifies merge commits one after the other: what was made elsewhere, without the drivers, and lost something.
 * Reads the repository through one `git cat-file`; memory depends on the largest merge, not on how many there are.
 */
import { GotError } from "../base/errors.ts";
import { auditLimits } from "./audit-limits.ts";
import { resolveCommit } from "../git/commit-files.ts";
import {
  attributeFolders,
  countMerges,
  mergeBases,
  mergesIn,
  reaches,
  shallowCommits,
} from "../git/merge-commits.ts";
import { linearMergeBase } from "../git/linear-merge-base.ts";
import { type ObjectReader, withObjectReader } from "../git/object-reader.ts";
import type { GitCall } from "../git/run-git.ts";
import { createTreeReader, type TreeReader } from "../git/tree-reader.ts";
import { type CoverageOf, createCoverage } from "./coverage.ts";
import { inOrder } from "./in-order.ts";
import { type DamagedFile, touchesCovered, type UncheckedFile, verifyMerge } from "./verify-merge.ts";

/** A merge that lost something. */
export interface DamagedMerge {
  readonly commit: string;
  readonly subject: string;
  readonly parents: readonly string[];
  readonly bases: readonly string[];
  readonly files: readonly DamagedFile[];
}

/** A merge, or a file of one, that could not be checked. */
export interface UncheckedMerge {
  readonly commit: string;
  readonly path: string | null;
  readonly reason: string;
  /** True where this clone lacks something; a complete one could check it. */
  readonly incomplete: boolean;
}

export interface Verification {
  /** What was asked for: a range, or one commit. */
  readonly range: string;
  readonly merges: number;
  /** Merges in which the drivers cover something that changed, and files of them that were compared. */
  readonly compared: number;
  readonly files: number;
  readonly losses: number;
  /** At most `auditLimits.losses` losses are listed. */
  readonly damaged: readonly DamagedMerge[];
  readonly unchecked: readonly UncheckedMerge[];
  readonly notes: readonly string[];
}

export interface VerifyOptions {
  readonly call: GitCall;
  /** What `git rev-list` takes, e.g. `main` or `origin/main..HEAD`. */
  readonly range: string;
  /** Checks this one merge commit instead. */
  readonly merge?: string;
  /** Told after each merge: how many of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** @throws GotError USAGE for a range or merge that there is none of; GIT_FAILED. */
export async function verifyMerges(options: VerifyOptions): Promise<Verification> {
  const { call, range } = options;
  const merges = options.merge === undefined ? mergesOf(call, range) : oneMerge(call, options.merge);
  return withObjectReader(call, async (objects) => {
    const trees = createTreeReader(objects);
    const tip = merges.tip === null ? [] : attributeFolders(call, merges.tip);
    const checker: Checker = {
      call,
      objects,
      trees,
      coverageOf: createCoverage(objects, trees, { attributeFolders: tip }),
      shallow: shallowCommits(call),
    };
    const tally = new Tally();
    let done = 0;
    for await (const checked of inOrder(merges.commits, auditLimits.parallelMerges, (commit) =>
      check(checker, commit),
    )) {
      tally.add(checked);
      options.onProgress?.(++done, merges.count);
    }
    return tally.verification(merges.range);
  });
}

interface MergesToCheck {
  readonly range: string;
  readonly count: number;
  readonly commits: AsyncIterable<string> | Iterable<string>;
  /** A commit of the range; null where there is none. */
  readonly tip: string | null;
}

function mergesOf(call: GitCall, range: string): MergesToCheck {
  const count = countMerges(call, [range]);
  if (count !== null) {
    const tip = resolveCommit(call, range.split("..").at(-1) || "HEAD") ?? resolveCommit(call, "HEAD");
    return { range, count, commits: mergesIn(call, [range]), tip };
  }
  // A repository without a commit has nothing to check.
  if (range === "HEAD" && resolveCommit(call, "HEAD") === null)
    return { range, count: 0, commits: [], tip: null };
  throw new GotError("USAGE", `git knows no range ${range}`, {
    facts: { range },
    hint: "Name one as for git log: main, or origin/main..HEAD. In a shallow clone, fetch its ends first.",
  });
}

function oneMerge(call: GitCall, name: string): MergesToCheck {
  const commit = resolveCommit(call, name);
  if (commit !== null) return { range: name, count: 1, commits: [commit], tip: commit };
  throw new GotError("USAGE", `there is no commit ${name}`, {
    facts: { name },
    hint: "git log --merges lists the merge commits.",
  });
}

interface Checker {
  readonly call: GitCall;
  readonly objects: ObjectReader;
  readonly trees: TreeReader;
  readonly coverageOf: CoverageOf;
  readonly shallow: ReadonlySet<string> | null;
}

interface CheckedMerge {
  readonly commit: string;
  readonly subject: string;
  readonly parents: readonly string[];
  readonly bases: readonly string[];
  readonly files: number;
  readonly damaged: readonly DamagedFile[];
  readonly unchecked: readonly UncheckedFile[];
  readonly notes: readonly string[];
  /** Why the merge as a whole could not be checked. */
  readonly refusal: { readonly reason: string; readonly incomplete: boolean } | null;
}

async function check(checker: Checker, commit: string): Promise<CheckedMerge> {
  const nothing = {
    commit,
    subject: "",
    parents: [],
    bases: [],
    files: 0,
    damaged: [],
    unchecked: [],
    notes: [],
  };
  try {
    return await checkCommit(checker, commit);
  } catch (error) {
    if (!(error instanceof GotError) || (error.code !== "MISSING_OBJECT" && error.code !== "LIMIT_EXCEEDED"))
      throw error;
    const incomplete = error.code === "MISSING_OBJECT";
    return { ...nothing, refusal: { reason: error.message, incomplete } };
  }
}

async function checkCommit(checker: Checker, commit: string): Promise<CheckedMerge> {
  const { call, trees, shallow } = checker;
  const { parents, tree, subject } = await trees.commit(commit);
  const about = {
    commit,
    subject,
    parents,
    bases: [],
    files: 0,
    damaged: [],
    unchecked: [],
    notes: [],
    refusal: null,
  };
  if (parents.length < 2) {
    return {
      ...about,
      refusal: {
        reason: "it is no merge commit: what a rebase, cherry-pick or squash lost is in no commit",
        incomplete: false,
      },
    };
  }
  const sides = await Promise.all(parents.map(async (oid) => (await trees.commit(oid)).tree));
  const unbased = { ...checker, merge: { bases: [], sides, result: tree } };
  if (!(await touchesCovered(unbased))) return about;
  const bases = await basesOf(checker, parents);
  if (shallow !== null && (bases.length === 0 || (await reaches(call, parents, bases, shallow)))) {
    return {
      ...about,
      refusal: { reason: "this shallow clone ends before its merge base", incomplete: true },
    };
  }
  const baseTrees = await Promise.all(bases.map(async (oid) => (await trees.commit(oid)).tree));
  const verified = await verifyMerge({ ...checker, merge: { bases: baseTrees, sides, result: tree } });
  return { ...about, bases, ...verified };
}

/** Most merges are of branches without merges: starting git for each would take longer than all the rest. */
async function basesOf(
  { call, trees, shallow }: Checker,
  parents: readonly string[],
): Promise<readonly string[]> {
  const [left, right, third] = parents;
  if (shallow === null && left !== undefined && right !== undefined && third === undefined) {
    const base = await linearMergeBase(trees, left, right);
    if (base !== undefined) return [base];
  }
  const bases = new Set(await mergeBases(call, parents));
  if (third === undefined || shallow !== null) return [...bases];
  // git merges an octopus one parent after the other: two of them may share more history than all do.
  for (const [index, one] of parents.entries()) {
    for (const other of parents.slice(index + 1)) {
      for (const base of await mergeBases(call, [one, other])) bases.add(base);
    }
  }
  return [...bases];
}

/** Adds up what was found, and holds no more of it than may be listed. */
class Tally {
  #merges = 0;
  #compared = 0;
  #files = 0;
  #losses = 0;
  readonly #damaged: DamagedMerge[] = [];
  readonly #unchecked: UncheckedMerge[] = [];
  readonly #notes = new Set<string>();

  add(checked: CheckedMerge): void {
    const { commit, subject, parents, bases, damaged, unchecked, refusal } = checked;
    this.#merges++;
    this.#files += checked.files;
    if (checked.files > 0) this.#compared++;
    const room = auditLimits.losses - this.#losses;
    const losses = damaged.reduce((sum, { losses: found }) => sum + found.length, 0);
    this.#losses += losses;
    if (losses > 0 && room > 0) {
      const files =
        losses <= room ? damaged : damaged.map((file) => ({ ...file, losses: file.losses.slice(0, room) }));
      this.#damaged.push({ commit, subject, parents, bases, files });
    }
    for (const note of checked.notes) if (this.#notes.size < auditLimits.losses) this.#notes.add(note);
    if (this.#unchecked.length >= auditLimits.losses) return;
    if (refusal !== null) this.#unchecked.push({ commit, path: null, ...refusal });
    for (const { path, reason } of unchecked)
      this.#unchecked.push({ commit, path, reason, incomplete: false });
  }

  verification(range: string): Verification {
    return {
      range,
      merges: this.#merges,
      compared: this.#compared,
      files: this.#files,
      losses: this.#losses,
      damaged: this.#damaged,
      unchecked: this.#unchecked,
      notes: [...this.#notes],
    };
  }
}
