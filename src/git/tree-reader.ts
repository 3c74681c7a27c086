import { GotError } from "../base/errors.ts";
import { objectLimits } from "./object-limits.ts";
import type { ObjectReader } from "./object-reader.ts";

export interface TreeEntry {
  /** As git writes it: `40000` a folder, `100644`, `100755` files, `120000` a symlink, `160000` a submodule. */
  readonly mode: string;
  readonly oid: string;
}

/** Entries by name; names have a character for each byte, as they need not be UTF-8. */
export type Tree = ReadonlyMap<string, TreeEntry>;

/** Reads trees and commits, and remembers the trees that were read last: neighbouring commits share most of theirs. */
export interface TreeReader {
  /** @throws GotError MISSING_OBJECT, LIMIT_EXCEEDED, GIT_FAILED. */
  readonly tree: (oid: string) => Promise<Tree>;
  readonly commit: (oid: string) => Promise<CommitObject>;
}

export interface CommitObject {
  readonly oid: string;
  readonly tree: string;
  /** As the commit itself says, whatever a shallow clone leaves out. */
  readonly parents: readonly string[];
  /** Seconds since 1970 of the committer's stamp. */
  readonly committedSeconds: number;
  readonly subject: string;
}

export function createTreeReader(reader: ObjectReader): TreeReader {
  const trees = new Map<string, { tree: Tree }>();
  let entries = 0;
  return {
    tree: async (oid) => {
      const known = trees.get(oid);
      if (known !== undefined) {
        trees.delete(oid);
        trees.set(oid, known);
        return known.tree;
      }
      const tree = parseTree(await read(reader, oid, "tree"), oid.length / 2);
      if (!trees.has(oid)) entries += tree.size;
      trees.set(oid, { tree });
      for (const [oldest, old] of trees) {
        if (entries <= objectLimits.treeEntries || oldest === oid) break;
        trees.delete(oldest);
        entries -= old.tree.size;
      }
      return tree;
    },
    commit: async (oid) => parseCommit(oid, await read(reader, oid, "commit")),
  };
}

/** The entry at a path of a tree, a character for each byte of the path; null where there is none. */
export async function entryAt(trees: TreeReader, root: string, rawPath: string): Promise<TreeEntry | null> {
  let entry: TreeEntry = { mode: "40000", oid: root };
  for (const name of rawPath.split("/")) {
    if (entry.mode !== "40000") return null;
    const inner = (await trees.tree(entry.oid)).get(name);
    if (inner === undefined) return null;
    entry = inner;
  }
  return entry;
}

async function read(reader: ObjectReader, oid: string, type: "tree" | "commit"): Promise<Buffer> {
  const answer = await reader.read(oid, objectLimits.treeBytes);
  if (answer.kind === "missing") throw missingObject(oid);
  if (answer.kind === "too-large") {
    throw new GotError("LIMIT_EXCEEDED", `${type} ${oid} has ${answer.sizeBytes} bytes`, {
      facts: { oid, sizeBytes: answer.sizeBytes, limitBytes: objectLimits.treeBytes },
    });
  }
  if (answer.type !== type) throw new GotError("GIT_FAILED", `${oid} is a ${answer.type}, not a ${type}`);
  return answer.bytes;
}

/** The error for an object that is not in this clone. */
export function missingObject(oid: string): GotError {
  return new GotError("MISSING_OBJECT", `object ${oid} is not in this clone`, {
    facts: { oid },
    hint: "Fetch the whole history: git fetch --unshallow, in a partial clone git fetch --refetch --no-filter.",
  });
}

/** Reads `<mode> <name> NUL <id in bytes>`, again and again. */
function parseTree(bytes: Buffer, idBytes: number): Tree {
  const tree = new Map<string, TreeEntry>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const zero = bytes.indexOf(0, space);
    if (space === -1 || zero === -1) break;
    const mode = bytes.toString("latin1", at, space);
    const name = bytes.toString("latin1", space + 1, zero);
    at = zero + 1 + idBytes;
    tree.set(name, { mode, oid: bytes.toString("hex", zero + 1, at) });
  }
  return tree;
}

function parseCommit(oid: string, bytes: Buffer): CommitObject {
  const text = bytes.toString("utf8");
  const end = text.indexOf("\n\n");
  const header = end === -1 ? text : text.slice(0, end);
  const all = (name: string): string[] =>
    [...header.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, value = ""]) => value);
  const stamp = /> (\d+) [+-]\d+$/.exec(all("committer")[0] ?? "")?.[1];
  return {
    oid,
    tree: all("tree")[0] ?? "",
    parents: all("parent"),
    committedSeconds: Number(stamp ?? 0),
    subject: end === -1 ? "" : (text.slice(end + 2).split("\n", 1)[0] ?? ""),
  };
}
