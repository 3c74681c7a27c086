import { posix } from "node:path";
import { limits } from "../../src/base/limits.ts";
import { type ByteSource, bytesSource } from "../../src/merge/byte-source.ts";
import type { MergeOptions } from "../../src/merge/merge-result.ts";
import { type MergeSources, toWholeFile } from "../../src/merge/merge-sources.ts";
import { type DriverKind, driverKinds, type Policy } from "../../src/model/policy.ts";
import { foresee, type Foreseen, openForeseen } from "./foreseen.ts";
import { blobId, type Memo, memoIds, storeResult } from "./memo.ts";
import { foreseeOperation, type Operation } from "./foresee-operation.ts";
import { attributesOf, type Change, changesBetween, filesIn, objectInfos, readBlobs } from "./plumbing.ts";

export interface WorkAheadOptions {
  readonly memo: Memo;
  /** Process id of the git that runs the drivers. */
  readonly gitProcess: string;
  /** The folder in which git keeps the drivers' files. */
  readonly workTree: string;
  readonly mergeOf: (kind: DriverKind) => MergeSources;
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
export function workAhead(options: WorkAheadOptions): void {
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
  const state: State = {
    options,
    files,
    contents: new Map(blobs),
    foreseen: openForeseen(options.memo, options.gitProcess, options.workTree),
  };
  for (const [index, step] of steps.entries()) {
    let stopsHere = false;
    for (const change of step) {
      if (options.now() > deadline) return;
      if (!follow(change, index, state)) stopsHere = true;
    }
    // git stops at a conflict; and after a change of the configuration it merges under another policy.
    if (stopsHere || changes[index]?.some(({ path }) => path === ".got/config.json")) return;
  }
}

/** Where following the steps has come to. */
interface State {
  readonly options: WorkAheadOptions;
  readonly files: ReadonlyMap<string, DriverFile>;
  /** By blob id: what was read, and the results. */
  readonly contents: Map<string, Uint8Array>;
  /** Where the shim looks first, if there is such a place. */
  readonly foreseen: Foreseen | null;
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
  const folders = new Set([...kinds.keys()].map((file) => (file.includes("/") ? posix.dirname(file) : "")));
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
 * @returns false when what our side is then cannot be told: git stops there, or merges without a driver.
 */
function follow(change: Change, step: number, state: State): boolean {
  const file = state.files.get(change.path);
  if (file === undefined || file.ours === change.after) return true;
  if (file.ours === change.before) {
    file.ours = change.after;
    return true;
  }
  const { memo, policy, config, labels, mergeOf } = state.options;
  const { kind, markerSize, ours } = file;
  const theirs = change.after;
  if (change.special || ours === null || theirs === null) return false;
  const base = change.before ?? blobId(memo, []);
  const sources = {
    base: sourceOf(state, change.before),
    ours: sourceOf(state, ours),
    theirs: sourceOf(state, theirs),
  };
  if (sources.base === undefined || !sources.ours || !sources.theirs) return false;
  const versions = { base: sources.base, ours: sources.ours, theirs: sources.theirs };
  const result = toWholeFile(
    mergeOf(kind)(versions, { path: change.path, policy, markerSize, labels }),
    versions,
  );
  if (result.kind === "unmergeable") return false;
  const key = { kind, markerSize, path: change.path, base, ours, theirs, config };
  const ids = memoIds(memo, key);
  const { chunks } = result;
  const status = result.kind === "merged" ? 0 : 1;
  const stored = storeResult(memo, ids, { status, chunks, labels });
  if (stored !== null && state.foreseen !== null) {
    foresee(state.foreseen, { step, key, ids, stored, status, chunks, labels });
  }
  if (result.kind === "conflict") return false;
  file.ours = stored?.resultId ?? blobId(memo, chunks);
  state.contents.set(file.ours, Buffer.concat(chunks));
  return true;
}

/** A blob's content; null stands for no file, undefined for one that was not read. */
function sourceOf(state: State, id: string | null): ByteSource | null | undefined {
  if (id === null) return null;
  const bytes = state.contents.get(id);
  return bytes === undefined ? undefined : bytesSource(bytes);
}
