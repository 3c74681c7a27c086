import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../../src/base/atomic-write.ts";
import { limits } from "../../src/base/limits.ts";
import type { DriverKind } from "../../src/model/policy.ts";
import type { MergeIds } from "../merge-call.ts";

/**
 * The memo: results of merges, named by what went into them, so that the shim (got-merge.sh) can serve them without
 * Node. This file writes it; only the shim reads it. Both must agree, byte for byte, on what follows.
 *
 *     <common-dir>/got/memo/<key>/<status>.<result>.<seal>
 *
 * - `<key>`: the first 16 hex digits of each of five ids: the context (secret, build, kind, marker size,
 *   path), base, ours, theirs, config. Ids are git blob ids, made by `git hash-object` in the shim.
 * - `<status>`: 0 merged, 1 conflict. `<result>`: blob id of the content, which is the merged file itself.
 * - `<seal>`: blob id of a text that holds the install's secret, the five whole ids, status and result; of a conflict
 *   also the labels, which stand in its markers.
 *
 * An entry counts only if seal and content verify, so a stale, torn or hostile one is a miss. Entries appear by rename
 * and are never changed. Everything may be deleted at any time. What one git process will soon ask for stands a second
 * time where the shim finds it faster: foreseen.ts.
 */
export interface Memo {
  readonly directory: string;
  readonly secret: string;
  /** Digest of the installed programs. */
  readonly build: string;
  /** Length of ids tells the repository's hash: 40 digits for SHA-1, 64 for SHA-256. */
  readonly algorithm: "sha1" | "sha256";
}

/** One merge whose inputs are known by id. */
export interface MemoKey {
  readonly kind: DriverKind;
  readonly markerSize: number;
  readonly path: string;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  /** Blob id of the configuration file, `noConfig` without one. */
  readonly config: string;
}

export interface MemoResult {
  readonly status: 0 | 1;
  readonly chunks: readonly Uint8Array[];
  readonly labels: { readonly base: string; readonly ours: string; readonly theirs: string };
}

export interface StoredResult {
  readonly file: string;
  readonly resultId: string;
}

/** Opens the memo of an installation (`<common-dir>/got`); null where install left no secret. */
export function openMemo(options: {
  readonly gotDirectory: string;
  readonly programDirectory: string;
  readonly idLength: number;
}): Memo | null {
  const secret = firstLine(path.join(options.gotDirectory, "memo.key"));
  const build = firstLine(path.join(options.programDirectory, "build"));
  if (secret === null || secret.length < 32 || build === null) return null;
  return {
    directory: path.join(options.gotDirectory, "memo"),
    secret,
    build,
    algorithm: options.idLength === 64 ? "sha256" : "sha1",
  };
}

/** The ids of a merge, as the shim finds them. */
export function memoIds(memo: Memo, key: MemoKey): MergeIds {
  const context = ["got-merge memo 1", memo.secret, memo.build, key.kind, key.markerSize, key.path, ""].join(
    "\n",
  );
  const { base, ours, theirs, config } = key;
  return { context: blobId(memo, [Buffer.from(context)]), base, ours, theirs, config };
}

/**
 * Stores one result. A memo that cannot be written is no memo: failures are silent.
 *
 * @returns the entry's file and its result's id; null when it was not stored.
 */
export function storeResult(memo: Memo, mergeIds: MergeIds, result: MemoResult): StoredResult | null {
  const ids = [mergeIds.context, mergeIds.base, mergeIds.ours, mergeIds.theirs, mergeIds.config];
  const folder = path.join(memo.directory, ids.map((id) => id.slice(0, 16)).join(""));
  if (result.chunks.reduce((sum, chunk) => sum + chunk.length, 0) > limits.memoEntryBytes) return null;
  const resultId = blobId(memo, result.chunks);
  const { base, ours, theirs } = result.labels;
  const labels = result.status === 0 ? [""] : [base, ours, theirs];
  const claim = ["got-merge seal 1", memo.secret, ...ids, `${result.status} ${resultId}`, ...labels, ""].join(
    "\n",
  );
  const name = `${result.status}.${resultId}.${blobId(memo, [Buffer.from(claim)])}`;
  try {
    makeFolder(folder);
    writeFileAtomic(path.join(folder, name), result.chunks, { durable: false });
    return { file: path.join(folder, name), resultId };
  } catch {
    // The next merge misses, that is all.
    return null;
  }
}

/** Makes a folder and what is above it; one system call where only the last one is missing. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") mkdirSync(folder, { recursive: true });
    else if (code !== "EEXIST") throw error;
  }
}

/** Blob id of some bytes, as `git hash-object --no-filters` gives it. */
export function blobId(memo: Pick<Memo, "algorithm">, chunks: readonly Uint8Array[]): string {
  const hash = createHash(memo.algorithm);
  hash.update(`blob ${chunks.reduce((sum, chunk) => sum + chunk.length, 0)}\0`);
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

function firstLine(file: string): string | null {
  try {
    return readFileSync(file, "utf8").split("\n", 1)[0] ?? null;
  } catch {
    return null;
  }
}
