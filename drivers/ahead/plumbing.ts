import { spawnSync } from "node:child_process";
import { limits } from "../../src/base/limits.ts";

/**
 * The git plumbing that working ahead needs: reads only, in git's own environment (`GIT_DIR` and the like as git gave
 * them), many questions to one process. Every function returns null when git refuses: then there is no working ahead.
 */
export interface ObjectInfo {
  readonly id: string;
  readonly type: string;
  readonly sizeBytes: number;
}

/** Names objects: one answer per expression (`<commit>^{tree}`, `<tree>:<path>`, …), null where there is none. */
export function objectInfos(expressions: readonly string[]): readonly (ObjectInfo | null)[] | null {
  const answer = git(["cat-file", "-z", "--batch-check", "--buffer"], zeroEnded(expressions));
  if (answer === null) return null;
  const lines = answer.toString("utf8").split("\n");
  // An expression that holds a newline comes back as two lines: then nothing can be told apart.
  if (lines.length !== expressions.length + 1) return null;
  return lines.slice(0, -1).map((line) => {
    const [, id, type, size] = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) ([0-9]+)$/.exec(line) ?? [];
    return id === undefined || type === undefined ? null : { id, type, sizeBytes: Number(size) };
  });
}

/** Ids of the plain files in some folders of a tree (`""` is its top), by path. */
export function filesIn(tree: string, folders: readonly string[]): ReadonlyMap<string, string> | null {
  const inside = folders.filter((folder) => folder !== "").map((folder) => `${folder}/`);
  const lists = inside.length === 0 ? [] : [inside];
  // The top is what git lists when no folder is named.
  if (inside.length < folders.length) lists.push([]);
  const files = new Map<string, string>();
  for (const list of lists) {
    const answer = git(["ls-tree", "-z", "--full-tree", tree, "--", ...list]);
    if (answer === null) return null;
    for (const line of answer.toString("utf8").split("\0")) {
      const [, mode = "", id, file] = /^([0-7]+) [a-z]+ ([0-9a-f]+)\t([^]+)$/.exec(line) ?? [];
      if (isFile(mode) && id !== undefined && file !== undefined) files.set(file, id);
    }
  }
  return files;
}

/**
 * Reads blobs; ids that are not blobs are left out.
 *
 * @param limitBytes when all of them together are larger, the answer is null.
 */
export function readBlobs(
  ids: readonly string[],
  limitBytes: number,
): ReadonlyMap<string, Uint8Array> | null {
  if (ids.length === 0) return new Map();
  const answer = git(["cat-file", "--batch", "--buffer"], `${ids.join("\n")}\n`, limitBytes);
  if (answer === null) return null;
  const blobs = new Map<string, Uint8Array>();
  for (let at = 0; at < answer.length;) {
    const end = answer.indexOf(10, at);
    if (end === -1) return null;
    const [id, type, size] = answer.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (id === undefined || type === "missing") continue;
    const next = at + Number(size);
    if (!(next < answer.length)) return null;
    if (type === "blob") blobs.set(id, answer.subarray(at, next));
    at = next + 1;
  }
  return blobs;
}

/** What happened to one path between two trees; ids are null where it is no plain file. */
export interface Change {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** A symlink or submodule is or was there. */
  readonly special: boolean;
}

/** Compares pairs of trees, without looking for renames. */
export function changesBetween(
  pairs: readonly (readonly [string, string])[],
): readonly (readonly Change[])[] | null {
  const input = pairs.map(([before, after]) => `${before} ${after}\n`).join("");
  const answer = git(["diff-tree", "-r", "-z", "--no-renames", "--stdin"], input);
  if (answer === null) return null;
  const text = answer.toString("utf8");
  const lists: Change[][] = [];
  // A pair's two ids on a line of their own, then records `:mode mode id id status NUL path NUL`.
  const header = /([0-9a-f]+) ([0-9a-f]+)\n/y;
  const record = /:([0-7]+) ([0-7]+) ([0-9a-f]+) ([0-9a-f]+) [A-Z][0-9]*\0([^\0]+)\0/y;
  for (let at = 0; at < text.length;) {
    header.lastIndex = record.lastIndex = at;
    const [pair, treeBefore, treeAfter] = header.exec(text) ?? [];
    if (pair !== undefined) {
      const expected = pairs[lists.length];
      if (treeBefore !== expected?.[0] || treeAfter !== expected?.[1]) return null;
      lists.push([]);
      at += pair.length;
      continue;
    }
    const [all, modeBefore = "", modeAfter = "", idBefore = "", idAfter = "", file = ""] =
      record.exec(text) ?? [];
    const list = lists.at(-1);
    if (all === undefined || list === undefined) return null;
    list.push({
      path: file,
      before: isFile(modeBefore) ? idBefore : null,
      after: isFile(modeAfter) ? idAfter : null,
      special: [modeBefore, modeAfter].some((mode) => !isFile(mode) && mode !== "000000"),
    });
    at += all.length;
  }
  return lists.length === pairs.length ? lists : null;
}

/** Values of git attributes: for each path, one value per name. */
export function attributesOf(
  paths: readonly string[],
  names: readonly string[],
): ReadonlyMap<string, readonly string[]> | null {
  const answer = git(["check-attr", "-z", "--stdin", ...names], zeroEnded(paths));
  if (answer === null) return null;
  const values = new Map<string, string[]>();
  const fields = answer.toString("utf8").split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [file = "", , value = ""] = fields.slice(at, at + 3);
    const known = values.get(file);
    if (known === undefined) values.set(file, [value]);
    else known.push(value);
  }
  return values;
}

/** Runs git to its end; null when it fails. */
export function git(
  args: readonly string[],
  input = "",
  limitBytes: number = limits.gitOutputBytes,
): Buffer | null {
  const done = spawnSync("git", args, {
    input,
    stdio: ["pipe", "pipe", "ignore"],
    maxBuffer: limitBytes,
    timeout: limits.prefillMs,
    // Working ahead must not fetch what a partial clone has left out, nor refresh anything.
    env: { ...process.env, GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", GIT_LITERAL_PATHSPECS: "1" },
  });
  return done.status === 0 ? done.stdout : null;
}

function zeroEnded(items: readonly string[]): string {
  return items.map((item) => `${item}\0`).join("");
}

function isFile(mode: string): boolean {
  return mode === "100644" || mode === "100755";
}
