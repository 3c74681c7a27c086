import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { mergeLogBytes } from "../../src/merge/merge-log.ts";
import { mergeOptions } from "./merge.ts";

/** Files below `.got` by name. */
export type Tree = ReadonlyMap<string, Buffer>;

/** A commit as git sees it. */
export interface Commit {
  readonly parents: readonly Commit[];
  readonly tree: Tree;
}

export function readTree(workTree: string): Tree {
  const tree = new Map<string, Buffer>();
  for (const folder of ["events", "snapshots"]) {
    const directory = path.join(workTree, ".got", folder);
    let names: string[];
    try {
      names = readdirSync(directory);
    } catch {
      continue;
    }
    for (const name of names) tree.set(`${folder}/${name}`, readFileSync(path.join(directory, name)));
  }
  return tree;
}

/** Makes the work tree what the commit has, file by file, as git does: unchanged files are left alone. */
export function checkOut(workTree: string, tree: Tree): void {
  for (const [name, bytes] of readTree(workTree)) {
    if (tree.get(name)?.equals(bytes) !== true) rmSync(path.join(workTree, ".got", name));
  }
  const now = readTree(workTree);
  for (const [name, bytes] of tree) {
    if (now.has(name)) continue;
    const file = path.join(workTree, ".got", name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

/** Merges as git does: three-way by file, several merge bases merged first, our driver where both sides changed a log. */
export function mergeCommits(ours: Commit, theirs: Commit): Commit {
  return { parents: [ours, theirs], tree: mergeTrees(baseOf(ours, theirs), ours.tree, theirs.tree) };
}

function baseOf(ours: Commit, theirs: Commit): Tree {
  const [ofOurs, ofTheirs] = [ancestors(ours), ancestors(theirs)];
  const common = [...ofOurs].filter((commit) => ofTheirs.has(commit));
  const best = common.filter(
    (commit) => !common.some((other) => other !== commit && ancestors(other).has(commit)),
  );
  const [first, ...rest] = best;
  if (first === undefined) return new Map();
  return rest.reduce<Commit>((merged, next) => mergeCommits(merged, next), first).tree;
}

function ancestors(commit: Commit): ReadonlySet<Commit> {
  const found = new Set([commit]);
  for (const one of found) for (const parent of one.parents) found.add(parent);
  return found;
}

function mergeTrees(base: Tree, ours: Tree, theirs: Tree): Tree {
  const merged = new Map<string, Buffer>();
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const [old, left, right] = [base.get(name), ours.get(name), theirs.get(name)];
    const bytes = mergeFile(name, old, left, right);
    if (bytes !== undefined) merged.set(name, bytes);
  }
  return merged;
}

function mergeFile(
  name: string,
  base: Buffer | undefined,
  ours: Buffer | undefined,
  theirs: Buffer | undefined,
): Buffer | undefined {
  if (same(ours, theirs) || same(base, theirs)) return ours;
  if (same(base, ours)) return theirs;
  if (ours === undefined || theirs === undefined) throw new Error(`modify/delete conflict: ${name}`);
  if (!name.endsWith(".jsonl")) throw new Error(`both sides have their own ${name}`);
  const result = mergeLogBytes({ base: base ?? null, ours, theirs }, mergeOptions({ path: `.got/${name}` }));
  if (result.kind !== "merged") throw new Error(`${result.kind}: ${name}`);
  return Buffer.concat(result.chunks);
}

function same(left: Buffer | undefined, right: Buffer | undefined): boolean {
  return left === undefined || right === undefined ? left === right : left.equals(right);
}
