import type { ObjectReader } from "../git/object-reader.ts";
import { renamedFrom } from "../git/renamed-from.ts";
import type { GitCall } from "../git/run-git.ts";
import { entryAt, type TreeReader } from "../git/tree-reader.ts";
import { findDataProblems } from "../model/data-problems.ts";
import type { DriverKind } from "../model/policy.ts";
import type { Coverage, CoverageOf } from "./coverage.ts";
import { findLosses } from "./find-losses.ts";
import type { Loss } from "./loss.ts";
import { isUniform, type MergeTrees, mergedPaths, type PathVersions } from "./merged-paths.ts";
import { readFile } from "./read-file.ts";
import { readRecords } from "./records.ts";

/** One file of a merge in which something was lost or left broken. */
export interface DamagedFile {
  readonly path: string;
  readonly driver: DriverKind;
  readonly losses: readonly Loss[];
}

/** A file that could not be looked into, and why. */
export interface UncheckedFile {
  readonly path: string;
  readonly reason: string;
}

export interface VerifiedMerge {
  readonly notes: readonly string[];
  /** Files that were compared, because more than one version had changed or the result had. */
  readonly files: number;
  readonly damaged: readonly DamagedFile[];
  readonly unchecked: readonly UncheckedFile[];
}

export interface VerifyMergeOptions {
  readonly call: GitCall;
  readonly objects: ObjectReader;
  readonly trees: TreeReader;
  readonly coverageOf: CoverageOf;
  readonly merge: MergeTrees;
}

/** What `renamedFrom` says of two trees of the merge, asked once. */
type Renames = (before: string, after: string) => Promise<ReadonlyMap<string, string>>;

/**
 * Looks for what one merge lost in the files that the drivers cover.
 *
 * @throws GotError MISSING_OBJECT where this clone lacks what the merge was made of.
 */
export async function verifyMerge(options: VerifyMergeOptions): Promise<VerifiedMerge> {
  const coverage = await options.coverageOf(options.merge.sides[0] ?? null);
  const damaged: DamagedFile[] = [];
  const unchecked: UncheckedFile[] = [];
  const known = new Map<string, ReturnType<Renames>>();
  const renames: Renames = (before, after) => {
    const key = `${before} ${after}`;
    const found = known.get(key) ?? renamedFrom(options.call, before, after);
    known.set(key, found);
    return found;
  };
  let files = 0;
  for await (const versions of mergedPaths(options.trees, options.merge, coverage)) {
    const driver = await coverage.kindOf(versions.path);
    if (driver === null) continue;
    files++;
    const followed = await followRename(options, versions, renames);
    const found = await checkFile(options.objects, coverage, driver, followed);
    if (found.losses.length > 0) damaged.push({ path: versions.path, driver, losses: found.losses });
    if (found.unchecked !== null) unchecked.push({ path: versions.path, reason: found.unchecked });
  }
  return { notes: coverage.note === null ? [] : [coverage.note], files, damaged, unchecked };
}

/**
 * A file that one side renamed is compared with what the others have under the old name. It is met under its new name where the
 * result is not as the renaming side has it, and else under the old one, where another side changed what that side has not any more.
 */
async function followRename(
  { trees, merge }: VerifyMergeOptions,
  versions: PathVersions,
  renames: Renames,
): Promise<PathVersions> {
  const { rawPath, bases, sides, result } = versions;
  const isNew = bases.every((base) => base === null);
  const renamers = sides.flatMap((side, index) => ((side === null) === isNew ? [] : [index]));
  const [renamer] = renamers;
  if (renamers.length !== 1 || renamer === undefined || (!result && isNew) || (result && !isNew))
    return versions;
  const [base, side] = [merge.bases[0], merge.sides[renamer]];
  if (!base || !side || !merge.result) return versions;
  const renamed = await renames(base, side);
  const destination = isNew ? rawPath : [...renamed].find(([, source]) => source === rawPath)?.[0];
  const source = destination === undefined ? undefined : renamed.get(destination);
  if (destination === undefined || source === undefined) return versions;
  const at = async (tree: string | null, path: string) =>
    tree === null ? null : await entryAt(trees, tree, path);
  const [moved, kept] = [await at(side, destination), await at(merge.result, destination)];
  if (!isNew && moved?.oid !== kept?.oid) return versions;
  return {
    ...versions,
    bases: await Promise.all(merge.bases.map((tree) => at(tree, source))),
    sides: await Promise.all(
      merge.sides.map(async (tree, index) => (index === renamer ? moved : await at(tree, source))),
    ),
    result: kept,
  };
}

/** Whether any file that the drivers cover differs between the sides of a merge and its result: only then is there something to check. */
export async function touchesCovered({ trees, coverageOf, merge }: VerifyMergeOptions): Promise<boolean> {
  const coverage = await coverageOf(merge.sides[0] ?? null);
  const walk = { mayHold: coverage.mayHold, skips: isUniform };
  for await (const { path } of mergedPaths(trees, merge, walk)) {
    if ((await coverage.kindOf(path)) !== null) return true;
  }
  return false;
}

async function checkFile(
  objects: ObjectReader,
  { policy }: Coverage,
  driver: DriverKind,
  versions: PathVersions,
): Promise<{ readonly losses: readonly Loss[]; readonly unchecked: string | null }> {
  const { path } = versions;
  const count = { bases: versions.bases.length, sides: versions.sides.length };
  const entries = [...versions.bases, ...versions.sides, versions.result ?? null];
  const files = await Promise.all(entries.map((entry) => readFile(objects, entry)));
  const bytes: (Uint8Array | null)[] = [];
  for (const file of files) {
    if (file.kind === "unread") return { losses: [], unchecked: file.reason };
    bytes.push(file.bytes);
  }
  const sides = bytes.slice(count.bases, count.bases + count.sides);
  const result = bytes[count.bases + count.sides] ?? null;
  const isInherited = versions.sides.some((side) => side?.oid === versions.result?.oid);
  const broken = result === null || isInherited ? [] : brokenData(path, driver, sides, result);
  const found = findLosses(driver, { bases: bytes.slice(0, count.bases), sides, result }, { path, policy });
  if (found.kind === "checked") return { losses: [...broken, ...found.losses], unchecked: null };
  if (broken.length > 0) return { losses: broken, unchecked: null };
  // All parents can be read, so it is the merge that broke it.
  const isBroken =
    found.version === "result" &&
    !isInherited &&
    readRecords(driver, sides, { path, policy }).kind === "records";
  return isBroken
    ? { losses: [brokenLoss("", found.reason)], unchecked: null }
    : { losses: [], unchecked: found.reason };
}

function brokenLoss(at: string, found: string): Loss {
  return { kind: "broken-data", at, parents: [], base: null, expected: null, found };
}

/** What is wrong with the result and was not with any of the sides. */
function brokenData(
  path: string,
  driver: DriverKind,
  sides: readonly (Uint8Array | null)[],
  result: Uint8Array,
): readonly Loss[] {
  // Compressed data holds no markers; whether it can be read is found where it is compared.
  if (driver === "snapshot") return [];
  const textOf = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString("utf8");
  const before = sides.map(textOf);
  // The lines of a log are compared one by one.
  const documents = path.endsWith(".jsonl") ? [] : before;
  const known = new Set(
    documents.flatMap((text) => findDataProblems(path, text, null).map(({ reason }) => reason)),
  );
  return findDataProblems(path, textOf(result), before.join("\n")).flatMap(({ line, reason }) =>
    known.has(reason) ? [] : [brokenLoss(line === null ? "" : `line ${line}`, reason)],
  );
}
