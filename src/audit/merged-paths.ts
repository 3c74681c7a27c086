import type { TreeEntry, TreeReader } from "../git/tree-reader.ts";

/** The trees of one merge, by id; null stands for an empty one. */
export interface MergeTrees {
  /** One, several in a criss-cross history, none where the sides have no common ancestor. */
  readonly bases: readonly (string | null)[];
  /** Ours first. */
  readonly sides: readonly (string | null)[];
  /** What the merge came to; undefined while it is still under way. */
  readonly result: string | null | undefined;
}

/** One path in the versions of a merge; null where a version has no file there. */
export interface PathVersions {
  /** As git has it, a character for each byte. */
  readonly rawPath: string;
  readonly path: string;
  readonly bases: readonly (TreeEntry | null)[];
  readonly sides: readonly (TreeEntry | null)[];
  readonly result: TreeEntry | null | undefined;
}

export interface WalkOptions {
  /** False for folders (`rawPath`) that need not be entered. */
  readonly mayHold?: (rawFolder: string) => boolean;
  /** What is passed over, whole folders included; `isPlain` without it. */
  readonly skips?: (versions: PathVersions) => boolean;
}

/**
 * Walks the trees of a merge together, and yields the paths that a look has to be taken at: where the sides
 * changed different things, or the result is not what one side's change alone gives. Folders in which all is plain, or nothing
 * is asked for, are never read.
 */
export async function* mergedPaths(
  trees: TreeReader,
  merge: MergeTrees,
  options: WalkOptions = {},
): AsyncGenerator<PathVersions> {
  const root = (oid: string | null): TreeEntry | null => (oid === null ? null : { mode: folderMode, oid });
  const { mayHold = () => true, skips = isPlain } = options;
  yield* walk(
    { trees, mayHold, skips },
    {
      rawPath: "",
      path: "",
      bases: merge.bases.length === 0 ? [null] : merge.bases.map(root),
      sides: merge.sides.map(root),
      result: merge.result === undefined ? undefined : root(merge.result),
    },
  );
}

const folderMode = "40000";

type Walk = { readonly trees: TreeReader } & Required<WalkOptions>;

async function* walk(options: Walk, here: PathVersions): AsyncGenerator<PathVersions> {
  const { trees, mayHold, skips } = options;
  if (skips(here)) return;
  const all = [...here.bases, ...here.sides, ...(here.result === undefined ? [] : [here.result])];
  if (here.rawPath !== "" && all.some((entry) => entry !== null && entry.mode !== folderMode)) {
    const files = filesOf(here);
    if (!skips(files)) yield files;
  }
  if (here.rawPath !== "" && !mayHold(here.rawPath)) return;
  const read = async (entry: TreeEntry | null) =>
    entry?.mode === folderMode ? await trees.tree(entry.oid) : null;
  const [bases, sides] = [await Promise.all(here.bases.map(read)), await Promise.all(here.sides.map(read))];
  const result = here.result === undefined ? undefined : await read(here.result);
  const names = new Set([...bases, ...sides, result ?? null].flatMap((tree) => [...(tree?.keys() ?? [])]));
  for (const name of names) {
    const rawPath = here.rawPath === "" ? name : `${here.rawPath}/${name}`;
    yield* walk(options, {
      rawPath,
      path: Buffer.from(rawPath, "latin1").toString("utf8"),
      bases: bases.map((tree) => tree?.get(name) ?? null),
      sides: sides.map((tree) => tree?.get(name) ?? null),
      result: result === undefined ? undefined : (result?.get(name) ?? null),
    });
  }
}

/** A path without the folders that some versions have there. */
function filesOf(here: PathVersions): PathVersions {
  const file = (entry: TreeEntry | null): TreeEntry | null => (entry?.mode === folderMode ? null : entry);
  return {
    ...here,
    bases: here.bases.map(file),
    sides: here.sides.map(file),
    result: here.result === undefined ? undefined : file(here.result),
  };
}

/**
 * True where at most one change was made and the result has it: seen from any one of the bases, as each is a
 * version that both sides know.
 */
export function isPlain({ bases, sides, result }: Pick<PathVersions, "bases" | "sides" | "result">): boolean {
  return bases.some((base) => {
    const changed = new Set(sides.map(identity).filter((side) => side !== identity(base)));
    if (changed.size > 1) return false;
    const [expected = identity(base)] = changed;
    return result === undefined || identity(result) === expected;
  });
}

/** True where neither the sides nor the result differ, whatever the base. */
export function isUniform({ sides, result }: PathVersions): boolean {
  const [first = null] = sides;
  return [...sides, result ?? null].every((entry) => identity(entry) === identity(first));
}

/** Content and kind; whether a file may be executed is no matter of ours. */
function identity(entry: TreeEntry | null): string {
  return entry === null ? "" : `${entry.mode.startsWith("100") ? "file" : entry.mode} ${entry.oid}`;
}
