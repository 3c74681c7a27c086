import { createCoverage, type CoverageOf } from "../audit/coverage.ts";
import { explainMerge } from "../audit/explain.ts";
import { GotError } from "../base/errors.ts";
import { type ByteName, textOfName } from "../git/byte-name.ts";
import { type ChangedPaths, changedPaths } from "../git/changed-paths.ts";
import { resolveCommit } from "../git/commit-files.ts";
import { mergeTrees, type TreeMerge } from "../git/merge-tree.ts";
import { type ObjectReader, withObjectReader } from "../git/object-reader.ts";
import { pairBases } from "../git/pair-bases.ts";
import type { GitCall } from "../git/run-git.ts";
import { scratchObjects } from "../git/scratch-objects.ts";
import { createTreeReader, type TreeReader } from "../git/tree-reader.ts";
import type { Conflict, Decision } from "../merge/merge-result.ts";
import type { DriverKind } from "../model/policy.ts";
import { contestedPaths } from "./contested-paths.ts";
import { previewLimits } from "./preview-limits.ts";

/** One merge as it would come out. */
export interface PreviewedMerge {
  /** What is merged into, and what is merged, as they were named. */
  readonly ours: string;
  readonly theirs: string;
  /**
   * - `clean`, `conflict`: as git would say; - `fast-forward`: ours has nothing of its own; - `nothing`: ours has it all;
   * - `unrelated`: no common history, which git refuses to merge.
   */
  readonly outcome: "clean" | "conflict" | "fast-forward" | "nothing" | "unrelated";
  /** Files in conflict, and files in which rules decide. */
  readonly files: readonly PreviewedFile[];
  /** Policies that can't be used, and the like. */
  readonly notes: readonly string[];
}

export interface PreviewedFile {
  readonly path: string;
  /** The driver that merges it; null where git does by itself. */
  readonly driver: DriverKind | null;
  readonly conflicts: readonly Conflict[];
  readonly decisions: readonly Decision[];
}

export interface Preview {
  readonly merges: readonly PreviewedMerge[];
  /** How many of the merges git had to make: of the others it is known from what they change what would happen. */
  readonly made: number;
}

export interface PreviewOptions {
  readonly call: GitCall;
  /** Folder for temporary files. */
  readonly temporary: string;
  /** What git merges here with a driver of ours; other files that our attributes name are merged as text. */
  readonly drivers: ReadonlySet<DriverKind>;
  readonly onProgress?: (done: number, total: number) => void;
  /** Called before temporary files are made: an interrupt must then end the work, not the process. */
  readonly interruption: () => AbortSignal;
}

/** Two names of commits: what is merged into, and what is merged. */
export interface NamedPair {
  readonly ours: string;
  readonly theirs: string;
}

/**
 * Says how merges would come out, without touching work tree, index, refs or objects of the repository.
 *
 * @throws GotError USAGE for a name that is no commit, LIMIT_EXCEEDED for too many pairs, MISSING_OBJECT, GIT_FAILED.
 */
export async function previewMerges(named: readonly NamedPair[], options: PreviewOptions): Promise<Preview> {
  const { call, drivers } = options;
  if (named.length > previewLimits.pairs) {
    throw new GotError("LIMIT_EXCEEDED", `${named.length} merges are too many for one preview`, {
      facts: { pairs: named.length, limit: previewLimits.pairs },
      hint: "Name fewer branches.",
    });
  }
  const names = [...new Set(named.flatMap(({ ours, theirs }) => [ours, theirs]))];
  const commits = names.map((name) => commitOf(call, name));
  const pairs = named.map(({ ours, theirs }) => ({
    ours: names.indexOf(ours),
    theirs: names.indexOf(theirs),
  }));
  const bases = await pairBases(call, commits, pairs);
  return await withObjectReader(call, async (objects) => {
    const trees = createTreeReader(objects);
    const treeOf = async (commit: string): Promise<string> => (await trees.commit(commit)).tree;
    const open: OpenMerge[] = [];
    const merges: (PreviewedMerge | undefined)[] = [];
    for (const [index, { ours, theirs }] of named.entries()) {
      const [our, their] = [commits[pairs[index]?.ours ?? 0] ?? "", commits[pairs[index]?.theirs ?? 0] ?? ""];
      const found = bases[index] ?? [];
      const known = knownOutcome(our, their, found);
      if (known !== null) merges[index] = { ours, theirs, outcome: known, files: [], notes: [] };
      else
        open.push({
          index,
          ours,
          theirs,
          our,
          their,
          bases: await Promise.all(found.map(treeOf)),
          sides: [await treeOf(our), await treeOf(their)],
        });
    }
    const changes = changesOf(call, open);
    const engine = { objects, trees, coverageOf: createCoverage(objects, trees), changes, drivers };
    const made: OpenMerge[] = [];
    for (const merge of open) if (await needsGit(merge, changes, engine)) made.push(merge);
    const results = await makeMerges(made, options);
    for (const merge of open)
      merges[merge.index] = await describe(merge, results.get(merge) ?? cleanMerge, engine);
    return { merges: merges.flatMap((merge) => merge ?? []), made: made.length };
  });
}

/** What git would say where it has nothing to merge by itself. */
const cleanMerge: Pick<TreeMerge, "isClean" | "conflicted" | "messages"> = {
  isClean: true,
  conflicted: [],
  messages: [],
};

/** A merge that neither side has done already. */
interface OpenMerge {
  readonly index: number;
  readonly ours: string;
  readonly theirs: string;
  readonly our: string;
  readonly their: string;
  /** Trees. */
  readonly bases: readonly string[];
  readonly sides: readonly [string, string];
}

function commitOf(call: GitCall, name: string): string {
  const commit = resolveCommit(call, name);
  if (commit !== null) return commit;
  throw new GotError("USAGE", `There is no branch or commit ${name}`, {
    facts: { name },
    hint: "git branch --all lists the branches.",
  });
}

function knownOutcome(
  ours: string,
  theirs: string,
  bases: readonly string[],
): "fast-forward" | "nothing" | "unrelated" | null {
  if (bases.length === 0) return "unrelated";
  if (bases.includes(theirs)) return "nothing";
  return bases.includes(ours) ? "fast-forward" : null;
}

/** What each side has changed, by both trees' ids. */
type Changes = ReadonlyMap<string, ChangedPaths>;

function changesOf(call: GitCall, open: readonly OpenMerge[]): Changes {
  const wanted = new Map<string, { from: string; to: string }>();
  for (const { bases, sides } of open) {
    const [from = ""] = bases;
    for (const to of sides) wanted.set(`${from} ${to}`, { from, to });
  }
  const answers = changedPaths(call, [...wanted.values()]);
  const changes = new Map<string, ChangedPaths>();
  for (const [index, key] of [...wanted.keys()].entries()) {
    const answer = answers[index];
    if (answer !== undefined) changes.set(key, answer);
  }
  return changes;
}

function changesOfSides(merge: OpenMerge, changes: Changes): readonly [ChangedPaths, ChangedPaths] | null {
  const [base = ""] = merge.bases;
  const [ours, theirs] = merge.sides.map((side) => changes.get(`${base} ${side}`));
  return ours === undefined || theirs === undefined ? null : [ours, theirs];
}

/** False where only files of our drivers are left to merge, which is done here. */
async function needsGit(
  merge: OpenMerge,
  changes: Changes,
  { coverageOf, drivers }: Pick<DescribeOptions, "coverageOf" | "drivers">,
): Promise<boolean> {
  const sides = changesOfSides(merge, changes);
  // Several bases are merged first, and that may clash by itself.
  if (merge.bases.length !== 1 || sides === null) return true;
  const contested = contestedPaths(...sides);
  if (contested === null) return true;
  const coverage = contested.length === 0 ? null : await coverageOf(merge.sides[0]);
  for (const name of contested) {
    const kind = await coverage?.kindOf(textOfName(name));
    if (kind === undefined || kind === null || !drivers.has(kind)) return true;
  }
  return false;
}

async function makeMerges(
  merges: readonly OpenMerge[],
  { call, temporary, drivers, onProgress, interruption }: PreviewOptions,
): Promise<ReadonlyMap<OpenMerge, TreeMerge>> {
  const results = new Map<OpenMerge, TreeMerge>();
  if (merges.length === 0) return results;
  const signal = interruption();
  const scratch = scratchObjects(call, temporary);
  let done = 0;
  try {
    const answers = await mergeTrees(
      merges.map(({ our, their }) => ({ ours: our, theirs: their })),
      {
        call,
        environment: scratch.environment,
        // Files of our drivers are merged in this process, by the policy of the commit that is merged into.
        config: [...drivers].map((kind) => `merge.got-${kind}.driver=true`),
        processes: previewLimits.processes,
        signal,
        onMerged: () => onProgress?.(++done, merges.length),
      },
    );
    for (const [index, merge] of merges.entries()) {
      const answer = answers[index];
      if (answer !== undefined) results.set(merge, answer);
    }
    return results;
  } finally {
    scratch.dispose();
  }
}

interface DescribeOptions {
  readonly objects: ObjectReader;
  readonly trees: TreeReader;
  readonly coverageOf: CoverageOf;
  readonly changes: Changes;
  readonly drivers: ReadonlySet<DriverKind>;
}

/** Puts together what git says and what our engine says of the files that both sides changed. */
async function describe(
  merge: OpenMerge,
  result: Pick<TreeMerge, "isClean" | "conflicted" | "messages">,
  { objects, trees, coverageOf, changes, drivers }: DescribeOptions,
): Promise<PreviewedMerge> {
  const both = changedOnBoth(merge, changes);
  const files = new Map<string, PreviewedFile>();
  for (const { name, path } of result.conflicted) {
    const said = result.messages.filter(
      ({ names, type }) => names.includes(name) && type.startsWith("CONFLICT"),
    );
    const conflicts = said.map(({ type, text }) => ({ at: conflictKind(type), reason: text }));
    files.set(path, { path, driver: null, conflicts, decisions: [] });
  }
  const notes: string[] = [];
  if (both.size > 0) {
    const { bases, sides } = merge;
    const wants = (path: string): boolean => both.has(path);
    const explained = await explainMerge({
      objects,
      trees,
      coverageOf,
      wants,
      merge: { bases, sides, result: undefined },
    });
    notes.push(...explained.notes);
    for (const { path, driver, outcome } of explained.paths) {
      if (!drivers.has(driver)) continue;
      if (outcome.kind === "merged") {
        // git goes by the attributes of the work tree, and may not know that the file is a driver's where it is merged.
        const byGit = files.get(path)?.conflicts ?? [];
        if (!byGit.every(({ at }) => driversConflicts.has(at))) continue;
        files.delete(path);
        if (outcome.decisions.length > 0)
          files.set(path, { path, driver, conflicts: [], decisions: outcome.decisions });
      } else if (outcome.kind === "conflict")
        files.set(path, { path, driver, conflicts: outcome.conflicts, decisions: outcome.decisions });
      else if (outcome.kind === "as-text" || outcome.kind === "unread")
        files.set(path, { path, driver, conflicts: [{ at: "", reason: outcome.reason }], decisions: [] });
    }
    if (bases.length > 1 && explained.paths.length > 0)
      notes.push(
        "the history is criss-cross: files of drivers are shown as merged from the first of several bases",
      );
  }
  const list = [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const isUnnamed = !result.isClean && result.conflicted.length === 0;
  const isConflict = isUnnamed || list.some(({ conflicts }) => conflicts.length > 0);
  const outcome = isConflict ? "conflict" : "clean";
  return { ours: merge.ours, theirs: merge.theirs, outcome, files: list, notes };
}

/** Conflicts over the content of a file, which a driver would have been asked about. */
const driversConflicts: ReadonlySet<string> = new Set(["contents", "add/add", "binary"]);

function changedOnBoth(merge: OpenMerge, changes: Changes): ReadonlySet<string> {
  const sides = changesOfSides(merge, changes);
  if (sides === null) return new Set();
  const [ours, theirs] = sides;
  const names: ByteName[] = [...ours.changed.keys()].filter((name) => theirs.changed.has(name));
  return new Set(names.map(textOfName));
}

/** `CONFLICT (modify/delete)` without the loud word. */
function conflictKind(type: string): string {
  return /\((.*)\)/.exec(type)?.[1] ?? type;
}
