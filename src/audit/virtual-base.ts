import { mergeBases } from "../git/merge-commits.ts";
import type { ObjectReader } from "../git/object-reader.ts";
import type { GitCall } from "../git/run-git.ts";
import { entryAt, type TreeReader } from "../git/tree-reader.ts";
import { mergeByKind } from "../merge/merge-by-kind.ts";
import type { DriverKind, Policy } from "../model/policy.ts";
import { auditLimits } from "./audit-limits.ts";
import { type ReadFile, readFile } from "./read-file.ts";

/** Reads the base of one file's merge. */
export type BaseOf = (file: {
  readonly rawPath: string;
  readonly path: string;
  readonly driver: DriverKind;
  readonly policy: Policy;
}) => Promise<ReadFile>;

export interface BaseOptions {
  readonly call: GitCall;
  readonly objects: ObjectReader;
  readonly trees: TreeReader;
  /** Merge bases, as commits. */
  readonly bases: readonly string[];
}

/**
 * The base of a merge, file by file. In a criss-cross history git merges the bases first, with the drivers as well, and
 * takes the result for the base; so does this, for two bases at a time. A conflict stays in it, with its markers.
 */
export function createBaseOf(options: BaseOptions): BaseOf {
  const { call, objects, trees } = options;
  const known = new Map<string, Promise<readonly string[]>>();
  const basesOf = (left: string, right: string): Promise<readonly string[]> => {
    const key = `${left} ${right}`;
    const found = known.get(key) ?? mergeBases(call, [left, right]);
    known.set(key, found);
    return found;
  };
  const fileIn = async (commit: string, rawPath: string): Promise<ReadFile> =>
    readFile(objects, await entryAt(trees, (await trees.commit(commit)).tree, rawPath));

  return (file) => {
    const { rawPath, path, driver, policy } = file;
    const merged = async (bases: readonly string[], depth: number): Promise<ReadFile> => {
      const [left, right, third] = bases;
      if (left === undefined) return { kind: "read", bytes: null };
      if (right === undefined) return fileIn(left, rawPath);
      if (third !== undefined || depth > auditLimits.baseDepth)
        return { kind: "unread", reason: "its merge bases are too many to be merged here as git does" };
      const ours = await fileIn(left, rawPath);
      const theirs = await fileIn(right, rawPath);
      if (ours.kind === "unread") return ours;
      if (theirs.kind === "unread") return theirs;
      if (ours.bytes === null || theirs.bytes === null) return ours.bytes === null ? theirs : ours;
      const base = await merged(await basesOf(left, right), depth + 1);
      if (base.kind === "unread") return base;
      const inputs = { base: base.bytes, ours: ours.bytes, theirs: theirs.bytes };
      // As git does, with longer markers the deeper it goes.
      const labels = { base: "base", ours: "ours", theirs: "theirs" };
      const result = mergeByKind(driver, inputs, { path, policy, markerSize: 7 + 2 * depth, labels });
      return result.kind === "unmergeable"
        ? { kind: "unread", reason: `its merge bases can't be merged: ${result.reason}` }
        : { kind: "read", bytes: Buffer.concat(result.chunks) };
    };
    return merged(options.bases, 1);
  };
}
