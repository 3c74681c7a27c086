import { posix } from "node:path";
import { limits } from "../../src/base/limits.ts";
import { mergeByKind } from "../../src/merge/merge-by-kind.ts";
import type { MergeOptions } from "../../src/merge/merge-result.ts";
import { type DriverKind, driverKinds, type Policy } from "../../src/model/policy.ts";
import { foresee, type Foreseen } from "../memo/foreseen.ts";
import { blobId, type Memo, memoIds, storeResult } from "../memo/memo.ts";
import { foreseeOperation, type Operation } from "./foresee.ts";
import { attributesOf, type Change, changesBetween, filesIn, objectInfos, readBlobs } from "./plumbing.ts";

export interface PrefillOptions {
  readonly memo: Memo;
  /** Where the shim looks first, if there is such a place. */
  readonly foreseen: Foreseen | null;
  readonly policy: Policy;
  /** Id of the configuration that `policy` is from. */
  readonly config: string;
  /** The current call's labels: those of all conflicts in the same step. */
  readonly labels: MergeOptions["labels"];
  readonly environment: NodeJS.ProcessEnv;
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
}

/**
 * Works ahead: merges every file that the current git operation is going to ask the drivers for, and stores the results
 * in the memo. Nothing depends on it: whatever is odd ends it early, and git's later calls start Node again.
 */
export function prefill(options: PrefillOptions): void {
  const deadline = options.now() + limits.prefillMs;
  const operation = foreseeOperation(options.environment);
  if (operation === null) return;
  const changes = changesBetween(operation.steps.map(({ baseTree, theirTree }) => [baseTree, theirTree]));
  const files = changes === null ? null : driverFiles(operation, changes);
  if (changes === null || files === null) return;
  const steps = changes.map((list) => list.filter(({ path }) => files.has(path)));
  const needed = neededBlobs(steps, files);
  const blobs =
    readBlobs(needed, limits.prefillBytes) ?? readBlobs(smallBlobs(needed), limits.gitOutputBytes);
  if (blobs === null) return;
  const contents = new Map(blobs);
  for (const [index, step] of steps.entries()) {
    let stopsHere = false;
    for (const change of step) {
      if (options.now() > deadline) return;
      if (!follow(change, index, files, contents, options)) stopsHere = true;
    }
    // git stops at a conflict; and after a change of the configuration it merges under another policy.
    if (stopsHere || changes[index]?.some(({ path }) => path === ".got/config.json")) return;
  }
}

/** A file that one of our drivers merges, as it stands on our side after the steps followed so far. */
interface DriverFile {
  readonly kind: DriverKind;
  readonly markerSize: number;
  /** Blob id; null where our side has no such file. */
  ours: string | null;
}

/** Finds the changed files that have one of our drivers, and our side of them. */
function driverFiles(
  operation: Operation,
  changes: readonly (readonly Change[])[],
): Map<string, DriverFile> | null {
  const paths = [...new Set(changes.flatMap((list) => list.map(({ path }) => path)))];
  if (paths.length > limits.prefillFiles) return null;
  const attributes = attributesOf(paths, ["merge", "conflict-marker-size"]);
  if (attributes === null) return null;
  const kinds = new Map<string, { kind: DriverKind; markerSize: number }>();
  for (const [file, [driver, size]] of attributes) {
    const kind = driverKinds.find((known) => driver === `got-${known}`);
    if (kind !== undefined) kinds.set(file, { kind, markerSize: Number(size) > 0 ? Number(size) : 7 });
  }
  const folders = new Set(
    [...kinds.keys()].map((file) => (file.includes("/") ? posix.dirname(file) : "")),
  );
  const ours = folders.size > limits.prefillFolders ? null : filesIn(operation.ourTree, [...folders]);
  if (ours === null) return null;
  return new Map([...kinds].map(([file, found]) => [file, { ...found, ours: ours.get(file) ?? null }]));
}

/** Ids of all contents that following the steps will need: where ours is neither base nor theirs, merged or not. */
function neededBlobs(
  steps: readonly (readonly Change[])[],
  files: ReadonlyMap<string, DriverFile>,
): readonly string[] {
  const needed = new Set<string>();
  const ours = new Map<string, string | null>([...files].map(([path, file]) => [path, file.ours]));
  for (const { path, before, after, special } of steps.flat()) {
    const current = ours.get(path) ?? null;
    if (current === before) ours.set(path, after);
    else if (!special && after !== null && current !== null && current !== after) {
      for (const id of [before, current, after]) if (id !== null && id !== merged) needed.add(id);
      ours.set(path, merged);
    }
  }
  return [...needed];
}

/** As many of the blobs as the limits allow. */
function smallBlobs(ids: readonly string[]): readonly string[] {
  const infos = objectInfos(ids) ?? [];
  let room: number = limits.prefillBytes;
  return ids.filter((_, index) => {
    const sizeBytes = infos[index]?.sizeBytes ?? Number.POSITIVE_INFINITY;
    if (sizeBytes > limits.prefillFileBytes || sizeBytes > room) return false;
    room -= sizeBytes;
    return true;
  });
}

/** Stands for the id of a result that is not known yet. */
const merged = "merged";

/**
 * Applies one file's change to our side, merging where git will.
 *
 * @param contents by blob id; results are added.
 * @returns false when what our side is then cannot be told: git stops there, or merges without a driver.
 */
function follow(
  change: Change,
  step: number,
  files: ReadonlyMap<string, DriverFile>,
  contents: Map<string, Uint8Array>,
  options: PrefillOptions,
): boolean {
  const file = files.get(change.path);
  if (file === undefined || file.ours === change.after) return true;
  if (file.ours === change.before) {
    file.ours = change.after;
    return true;
  }
  const { memo, policy, config, labels } = options;
  const { kind, markerSize, ours } = file;
  const theirs = change.after;
  if (change.special || ours === null || theirs === null) return false;
  const inputs = {
    base: change.before === null ? new Uint8Array() : contents.get(change.before),
    ours: contents.get(ours),
    theirs: contents.get(theirs),
  };
  if (inputs.base === undefined || inputs.ours === undefined || inputs.theirs === undefined) return false;
  const result = mergeByKind(
    kind,
    { base: inputs.base, ours: inputs.ours, theirs: inputs.theirs },
    { path: change.path, policy, markerSize, labels },
  );
  if (result.kind === "unmergeable") return false;
  const base = change.before ?? blobId(memo, []);
  const key = { kind, markerSize, path: change.path, base, ours, theirs, config };
  const ids = memoIds(memo, key);
  const { chunks } = result;
  const status = result.kind === "merged" ? 0 : 1;
  const stored = storeResult(memo, ids, { status, chunks, labels });
  if (stored !== null && options.foreseen !== null) {
    foresee(options.foreseen, { step, key, ids, stored, status, chunks, labels });
  }
  if (result.kind === "conflict") return false;
  file.ours = stored?.resultId ?? blobId(memo, result.chunks);
  contents.set(file.ours, Buffer.concat(result.chunks));
  return true;
}
