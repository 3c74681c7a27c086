/**
 * Explains a merge: makes it again with the drivers' own engine and lists what rules decided, what is left in conflict,
 * and where what was committed is something else. Nothing is written, and nothing outside the given trees is looked at.
 */
import type { ObjectReader } from "../git/object-reader.ts";
import type { TreeEntry, TreeReader } from "../git/tree-reader.ts";
import { mergeByKind } from "../merge/merge-by-kind.ts";
import type { Conflict, Decision } from "../merge/merge-result.ts";
import type { DriverKind, Policy } from "../model/policy.ts";
import { compareRecords, type Difference } from "./compare-records.ts";
import type { Coverage, CoverageOf } from "./coverage.ts";
import { isPlain, type MergeTrees, mergedPaths, type PathVersions } from "./merged-paths.ts";
import { readFile } from "./read-file.ts";
import type { BaseOf } from "./virtual-base.ts";

/** One file of a merge, made again. */
export interface ExplainedPath {
  readonly path: string;
  readonly driver: DriverKind;
  readonly outcome: PathOutcome;
  /** What was committed, beside what the drivers give. */
  readonly committed: Committed;
}

export type PathOutcome =
  /** Only one side changed it: nothing had to be decided. */
  | { readonly kind: "one-sided" }
  | { readonly kind: "merged"; readonly decisions: readonly Decision[] }
  | {
      readonly kind: "conflict";
      readonly decisions: readonly Decision[];
      readonly conflicts: readonly Conflict[];
    }
  /** One side removed the file and the other changed it: git asks no driver. */
  | { readonly kind: "removed-and-changed"; readonly removedBy: "ours" | "theirs" }
  /** The driver can't merge these versions; git merged them line by line. */
  | { readonly kind: "as-text"; readonly reason: string }
  /** Not looked into. */
  | { readonly kind: "unread"; readonly reason: string };

export type Committed =
  | { readonly kind: "same" }
  /** `differences` is null where the files can't be compared value by value; `reason` says why. */
  | {
      readonly kind: "different";
      readonly differences: readonly Difference[] | null;
      readonly reason: string | null;
    }
  /** The merge is under way, or had a conflict, so that there is nothing to compare with. */
  | { readonly kind: "unknown" };

export interface Explanation {
  /** Policies that could not be used, and the like. */
  readonly notes: readonly string[];
  readonly paths: readonly ExplainedPath[];
}

export interface ExplainOptions {
  readonly objects: ObjectReader;
  readonly trees: TreeReader;
  readonly coverageOf: CoverageOf;
  readonly merge: MergeTrees;
  /** The base of each file, where it is not simply the one of the only base. */
  readonly baseOf?: BaseOf;
  /** What stands for a file's result while the merge has none; undefined while it is in conflict. */
  readonly resultAt?: (rawPath: string) => TreeEntry | null | undefined;
  /** Only paths for which it returns true. */
  readonly wants?: (path: string) => boolean;
}

/** @throws GotError MISSING_OBJECT where this clone lacks what the merge was made of. */
export async function explainMerge(options: ExplainOptions): Promise<Explanation> {
  const coverage = await options.coverageOf(options.merge.sides[0] ?? null);
  const paths: ExplainedPath[] = [];
  for await (const versions of mergedPaths(options.trees, options.merge)) {
    if (options.wants?.(versions.path) === false) continue;
    const driver = await coverage.kindOf(versions.path);
    if (driver === null) continue;
    const { resultAt } = options;
    const result = resultAt === undefined ? versions.result : resultAt(versions.rawPath);
    paths.push(await explainPath(options, coverage, driver, { ...versions, result }));
  }
  return { notes: coverage.note === null ? [] : [coverage.note], paths };
}

async function explainPath(
  options: Pick<ExplainOptions, "objects" | "baseOf">,
  coverage: Coverage,
  driver: DriverKind,
  versions: PathVersions,
): Promise<ExplainedPath> {
  const { path } = versions;
  const { policy } = coverage;
  const done = (outcome: PathOutcome, committed: Committed): ExplainedPath => ({
    path,
    driver,
    outcome,
    committed,
  });
  const read = await readVersions(options, versions, { driver, policy });
  if (read.kind === "unread") return done(read, { kind: "unknown" });
  const { base, ours, theirs, result } = read;
  const compare = (expected: Uint8Array | null): Committed =>
    result === undefined ? { kind: "unknown" } : compareCommitted(driver, expected, result, { path, policy });
  if (isPlain({ ...versions, result: undefined })) {
    return done({ kind: "one-sided" }, compare(isSame(base, ours) ? theirs : ours));
  }
  if (ours === null || theirs === null)
    return done(
      { kind: "removed-and-changed", removedBy: ours === null ? "ours" : "theirs" },
      { kind: "unknown" },
    );
  const labels = { base: "base", ours: "ours", theirs: "theirs" };
  const merged = mergeByKind(driver, { base, ours, theirs }, { path, policy, markerSize: 7, labels });
  switch (merged.kind) {
    case "unmergeable":
      return done({ kind: "as-text", reason: merged.reason }, { kind: "unknown" });
    case "conflict":
      return done(
        { kind: "conflict", decisions: merged.decisions, conflicts: merged.conflicts },
        { kind: "unknown" },
      );
    case "merged":
      return done({ kind: "merged", decisions: merged.decisions }, compare(Buffer.concat(merged.chunks)));
  }
}

type ReadVersions =
  | {
      readonly kind: "read";
      readonly base: Uint8Array | null;
      readonly ours: Uint8Array | null;
      readonly theirs: Uint8Array | null;
      readonly result: Uint8Array | null | undefined;
    }
  | { readonly kind: "unread"; readonly reason: string };

async function readVersions(
  { objects, baseOf }: Pick<ExplainOptions, "objects" | "baseOf">,
  versions: PathVersions,
  by: { readonly driver: DriverKind; readonly policy: Policy },
): Promise<ReadVersions> {
  const { rawPath, path, bases, sides, result: committed } = versions;
  const reading =
    bases.length < 2 || baseOf === undefined
      ? readFile(objects, bases[0] ?? null)
      : baseOf({ rawPath, path, ...by });
  const others = [sides[0], sides[1], committed].map((entry) => readFile(objects, entry ?? null));
  const files = await Promise.all([reading, ...others]);
  const bytes: (Uint8Array | null)[] = [];
  for (const file of files) {
    if (file.kind === "unread") return file;
    bytes.push(file.bytes);
  }
  const [base = null, ours = null, theirs = null, result = null] = bytes;
  return { kind: "read", base, ours, theirs, result: committed === undefined ? undefined : result };
}

function compareCommitted(
  driver: DriverKind,
  expected: Uint8Array | null,
  committed: Uint8Array | null,
  options: { readonly path: string; readonly policy: Policy },
): Committed {
  if (isSame(expected, committed)) return { kind: "same" };
  const compared = compareRecords(driver, { expected, committed }, options);
  return compared.kind === "compared"
    ? { kind: "different", differences: compared.differences, reason: null }
    : { kind: "different", differences: null, reason: compared.reason };
}

function isSame(left: Uint8Array | null, right: Uint8Array | null): boolean {
  if (left === null || right === null) return left === right;
  return Buffer.compare(left, right) === 0;
}
