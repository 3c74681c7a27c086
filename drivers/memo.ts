import { createHash, randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../src/base/atomic-write.ts";
import { limits } from "../src/base/limits.ts";
import type { DriverKind } from "../src/model/policy.ts";
import type { MergeIds } from "./merge-call.ts";

/**
 * The memo: results of merges, named by what went into them, so that the shim (got-merge.sh) can serve them without
 * Node. This file writes it; only the shim reads it. Both must agree, byte for byte, on what follows.
 *
 *     <common-dir>/got/memo/<key>/<status>.<result>.<seal>
 *
 * - `<key>`: the first 16 hex digits of each of five ids: the context (secret, driver version, kind, marker size,
 *   path), base, ours, theirs, config. Ids are git blob ids, made by `git hash-object` in the shim.
 * - `<status>`: 0 merged, 1 conflict. `<result>`: blob id of the content, which is the merged file itself.
 * - `<seal>`: blob id of a text that holds the install's secret, the five whole ids, status and result; of a conflict
 *   also the labels, which stand in its markers.
 *
 * An entry counts only if seal and content verify, so a stale, torn or hostile one is a miss. Entries appear by rename
 * and are never changed. Everything may be deleted at any time.
 */
export interface Memo {
  readonly directory: string;
  readonly secret: string;
  readonly version: string;
  /** Length of ids tells the repository's hash: 40 digits for SHA-1, 64 for SHA-256. */
  readonly algorithm: "sha1" | "sha256";
}

/** Stands for the id of a configuration file that is not there; as the shim writes it. */
export const noConfig = "0".repeat(16);

/** One merge whose inputs are known by id. */
export interface MemoKey {
  readonly kind: DriverKind;
  readonly markerSize: number;
  readonly path: string;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  /** Blob id of the configuration file, {@link noConfig} without one. */
  readonly config: string;
}

export interface MemoResult {
  readonly status: 0 | 1;
  readonly chunks: readonly Uint8Array[];
  readonly labels: { readonly base: string; readonly ours: string; readonly theirs: string };
}

/** Opens the memo of an installation (`<common-dir>/got`); null where install left no secret. */
export function openMemo(options: {
  readonly gotDirectory: string;
  readonly programDirectory: string;
  readonly idLength: number;
}): Memo | null {
  const secret = firstLine(path.join(options.gotDirectory, "memo.key"));
  const version = firstLine(path.join(options.programDirectory, "version"));
  if (secret === null || secret.length < 32 || version === null) return null;
  return {
    directory: path.join(options.gotDirectory, "memo"),
    secret,
    version,
    algorithm: options.idLength === 64 ? "sha256" : "sha1",
  };
}

/** The ids of a merge, as the shim finds them. */
export function memoIds(memo: Memo, key: MemoKey): MergeIds {
  const context = [
    "got-merge memo 1",
    memo.secret,
    memo.version,
    key.kind,
    key.markerSize,
    key.path,
    "",
  ].join("\n");
  const { base, ours, theirs, config } = key;
  return { context: blobId(memo, [Buffer.from(context)]), base, ours, theirs, config };
}

/** Stores one result. A memo that cannot be written is no memo: failures are silent. */
export function storeResult(memo: Memo, mergeIds: MergeIds, result: MemoResult): void {
  const ids = [mergeIds.context, mergeIds.base, mergeIds.ours, mergeIds.theirs, mergeIds.config];
  const folder = path.join(memo.directory, ids.map((id) => id.slice(0, 16)).join(""));
  if (result.chunks.reduce((sum, chunk) => sum + chunk.length, 0) > limits.memoEntryBytes) return;
  const resultId = blobId(memo, result.chunks);
  const { base, ours, theirs } = result.labels;
  const labels = result.status === 0 ? [""] : [base, ours, theirs];
  const claim = ["got-merge seal 1", memo.secret, ...ids, `${result.status} ${resultId}`, ...labels, ""].join(
    "\n",
  );
  const name = `${result.status}.${resultId}.${blobId(memo, [Buffer.from(claim)])}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileAtomic(path.join(folder, name), result.chunks, { durable: false });
  } catch {
    // The next merge misses, that is all.
  }
}

/** Blob id of some bytes, as `git hash-object --no-filters` gives it. */
export function blobId(memo: Pick<Memo, "algorithm">, chunks: readonly Uint8Array[]): string {
  const hash = createHash(memo.algorithm);
  hash.update(`blob ${chunks.reduce((sum, chunk) => sum + chunk.length, 0)}\0`);
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * Counts the misses of one git process; true when this one should work ahead: the 2nd, 4th, 8th … so that a process
 * whose later merges cannot be foreseen works ahead in vain only a few times.
 */
export function countMiss(memo: Memo, gitProcess: string): boolean {
  if (!/^[0-9]{1,20}$/.test(gitProcess)) return false;
  const mark = path.join(memo.directory, `misses.${gitProcess}`);
  try {
    mkdirSync(memo.directory, { recursive: true });
    const before = missesOf(mark);
    writeFileAtomic(mark, ".".repeat(before + 1), { durable: false });
    return before > 0 && (before & (before + 1)) === 0;
  } catch {
    return false;
  }
}

function missesOf(mark: string): number {
  const stat = statSync(mark, { throwIfNoEntry: false });
  // An old mark is of another process that had the same id.
  return stat === undefined || Date.now() - stat.mtimeMs > limits.memoMarkMs
    ? 0
    : Math.min(stat.size, 1 << 20);
}

/**
 * Keeps the memo within its limits. Cheap when nothing is to be done: entries are weighed only when there are too many
 * of them, or once in a while (every 64 entries), or when `thorough`.
 */
export function pruneMemo(memo: Memo, options: { readonly thorough: boolean }): void {
  try {
    const names = readdirSync(memo.directory);
    if (!options.thorough && names.length <= limits.memoEntries && names.length % 64 !== 0) return;
    const found = names.map((name) => ({ name, ...weigh(path.join(memo.directory, name)) }));
    let entries = found.length;
    let bytes = found.reduce((sum, item) => sum + item.sizeBytes, 0);
    // Down to three quarters, so that not every merge on a full memo has to prune again.
    const full = entries > limits.memoEntries || bytes > limits.memoBytes;
    const [most, mostBytes] = full ? [limits.memoEntries * 0.75, limits.memoBytes * 0.75] : [entries, bytes];
    for (const item of found.sort((a, b) => a.changedMs - b.changedMs)) {
      const stale = /^(misses|gone)\./.test(item.name) && Date.now() - item.changedMs > limits.memoMarkMs;
      if (!stale && entries <= most && bytes <= mostBytes) continue;
      remove(memo, item.name);
      entries -= 1;
      bytes -= item.sizeBytes;
    }
  } catch {
    // Somebody else is removing it at this moment, or it is not ours to remove.
  }
}

/** Renames, then removes, so that two processes that prune at once do not disturb each other. */
function remove(memo: Memo, name: string): void {
  const gone = path.join(memo.directory, `gone.${randomBytes(8).toString("hex")}`);
  renameSync(path.join(memo.directory, name), gone);
  rmSync(gone, { recursive: true, force: true });
}

function weigh(file: string): { sizeBytes: number; changedMs: number } {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return { sizeBytes: 0, changedMs: 0 };
  if (!stat.isDirectory()) return { sizeBytes: stat.size, changedMs: stat.mtimeMs };
  const sizes = readdirSync(file).map(
    (name) => lstatSync(path.join(file, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return { sizeBytes: sizes.reduce((sum, size) => sum + size, 0), changedMs: stat.mtimeMs };
}

function firstLine(file: string): string | null {
  try {
    return readFileSync(file, "utf8").split("\n", 1)[0] ?? null;
  } catch {
    return null;
  }
}
