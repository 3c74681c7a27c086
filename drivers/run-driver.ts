import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { writeFully } from "../src/base/atomic-write.ts";
import { openByteFile } from "../src/base/byte-file.ts";
import { limits } from "../src/base/limits.ts";
import type { MergeOptions } from "../src/merge/merge-result.ts";
import { type MergeSources, piecesOf } from "../src/merge/merge-sources.ts";
import type { DriverKind } from "../src/model/policy.ts";
import { loadAhead, loadMerge } from "./load-sibling.ts";
import { openMemo, storeResult } from "./memo/memo.ts";
import { countMiss } from "./memo/misses.ts";
import { type MergeCall, parseMergeCall } from "./merge-call.ts";
import { readPolicy } from "./read-policy.ts";
import { warn } from "./warn.ts";

/**
 * What the shim (got-merge.sh) starts when the memo has no answer: merges one file, and now and then all the others
 * that the same git process is about to ask for.
 *
 *     node got-<kind>.cjs BASE OURS THEIRS SIZE PATH BASE-LABEL OUR-LABEL THEIR-LABEL NEW GOT-DIRECTORY GIT-PID IDS
 *
 * The result goes into the file NEW; the shim renames it onto ours once this process has told how it went. The exit
 * codes are the shim's business: 0 and 1 are not among them, because a torn bundle and an uncaught error end with those.
 */
const exitCodes = { merged: 10, conflict: 11, cannotWrite: 12, asText: 13, failed: 14 } as const;

/** Runs the driver and ends the process, if it is this driver that was started (and not another one that loads it). */
export function runDriver(kind: DriverKind, merge: MergeSources): void {
  const [, program = ""] = process.argv;
  if (path.basename(program) === `got-${kind}.cjs`) process.exit(main(kind, merge));
}

function main(kind: DriverKind, merge: MergeSources): number {
  const call = parseMergeCall(kind, process.argv);
  if (call === null) {
    warn(`got-${kind}`, "is started by the got-merge shim, with its arguments");
    return exitCodes.failed;
  }
  const policy = readPolicy(call.ids?.config ?? null);
  const options: MergeOptions = { path: call.path, policy, markerSize: call.markerSize, labels: call.labels };
  const sources = {
    base: openByteFile(call.baseFile),
    ours: openByteFile(call.oursFile),
    theirs: openByteFile(call.theirsFile),
  };
  const result = merge(sources, options);
  if (result.kind === "unmergeable") {
    warn(call.path, `${result.reason}; merging as text`);
    return exitCodes.asText;
  }
  if (!writeResult(call.newFile, piecesOf(result.parts, sources, { reuse: true })))
    return exitCodes.cannotWrite;
  if (result.kind === "conflict") {
    for (const { at, reason } of result.conflicts) warn(call.path, `conflict at ${at}: ${reason}`);
  }
  try {
    remember(call, merge, options, result.kind === "merged" ? 0 : 1);
  } catch (error) {
    // The merge itself is done.
    if (process.env["GOT_HOOKS_DEBUG"] === "1") warn("memo", String(error));
  }
  return result.kind === "merged" ? exitCodes.merged : exitCodes.conflict;
}

function writeResult(file: string, pieces: Iterable<Uint8Array>): boolean {
  try {
    const descriptor = openSync(file, "w");
    try {
      for (const piece of pieces) writeFully(descriptor, piece);
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (error) {
    warn(file, error instanceof Error ? error.message : "cannot be written");
    rmSync(file, { force: true });
    return false;
  }
}

/** Puts the result into the memo, and from a git process's second miss on what it will ask for next. */
function remember(call: MergeCall, merge: MergeSources, options: MergeOptions, status: 0 | 1): void {
  if (call.ids === null) return;
  const { gotDirectory, programDirectory, ids } = call;
  const memo = openMemo({ gotDirectory, programDirectory, idLength: ids.base.length });
  if (memo === null) return;
  if (statSync(call.newFile).size <= limits.memoEntryBytes) {
    storeResult(memo, ids, { status, chunks: [readFileSync(call.newFile)], labels: call.labels });
  }
  const isAgain = countMiss(memo, call.gitProcess);
  if (isAgain) {
    loadAhead(programDirectory).workAhead({
      memo,
      gitProcess: call.gitProcess,
      workTree: process.cwd(),
      mergeOf: (kind) => (kind === call.kind ? merge : loadMerge(programDirectory, kind)),
      policy: options.policy,
      config: ids.config,
      labels: call.labels,
      environment: process.env,
      now: () => performance.now(),
    });
  }
  // Weighing the memo takes time: after much was added, when there are too many entries, else once in a while.
  const entries = readdirSync(memo.directory).length;
  if (isAgain || entries > limits.memoEntries || entries % 64 === 0)
    loadAhead(programDirectory).pruneMemo(memo);
}
