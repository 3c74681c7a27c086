import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { writeFully } from "../src/base/atomic-write.ts";
import { mergeByKind } from "../src/merge/merge-by-kind.ts";
import type { MergeOptions, MergeResult } from "../src/merge/merge-result.ts";
import { countMiss, openMemo, pruneMemo, storeResult } from "./memo.ts";
import { type MergeCall, parseMergeCall } from "./merge-call.ts";
import { prefill } from "./prefill/prefill.ts";
import { readPolicy } from "./read-policy.ts";
import { warn } from "./warn.ts";

/**
 * What the shim (got-merge.sh) starts when the memo has no answer: merges one file, and now and then all the others
 * that the same git process is about to ask for.
 *
 *     node got-merge.cjs KIND BASE OURS THEIRS SIZE PATH BASE-LABEL OUR-LABEL THEIR-LABEL NEW GOT-DIRECTORY GIT-PID IDS
 *
 * The result goes into the file NEW; the shim renames it onto ours once this process has told how it went. The exit
 * codes are the shim's business: 0 and 1 are not among them, because a torn bundle and an uncaught error end with those.
 */
const exitCodes = { merged: 10, conflict: 11, cannotWrite: 12, asText: 13, failed: 14 } as const;

function main(argv: readonly string[]): number {
  const call = parseMergeCall(argv);
  if (call === null) {
    warn("got-merge", "is started by the got-merge shim, with its arguments");
    return exitCodes.failed;
  }
  const policy = readPolicy(call.ids?.config ?? null);
  const options: MergeOptions = { path: call.path, policy, markerSize: call.markerSize, labels: call.labels };
  const result = mergeFiles(call, options);
  if (result.kind === "unmergeable") {
    warn(call.path, `${result.reason}; merging as text`);
    return exitCodes.asText;
  }
  if (!writeResult(call.newFile, result.chunks)) return exitCodes.cannotWrite;
  if (result.kind === "conflict") {
    for (const { at, reason } of result.conflicts) warn(call.path, `conflict at ${at}: ${reason}`);
  }
  try {
    remember(call, options, result);
  } catch (error) {
    // The merge itself is done.
    if (process.env["GOT_HOOKS_DEBUG"] === "1") throw error;
  }
  return result.kind === "merged" ? exitCodes.merged : exitCodes.conflict;
}

function mergeFiles(call: MergeCall, options: MergeOptions): MergeResult {
  const inputs = {
    base: readFileSync(call.baseFile),
    ours: readFileSync(call.oursFile),
    theirs: readFileSync(call.theirsFile),
  };
  return mergeByKind(call.kind, inputs, options);
}

function writeResult(file: string, chunks: readonly Uint8Array[]): boolean {
  try {
    const descriptor = openSync(file, "w");
    try {
      for (const chunk of chunks) writeFully(descriptor, chunk);
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
function remember(
  call: MergeCall,
  options: MergeOptions,
  result: Exclude<MergeResult, { kind: "unmergeable" }>,
): void {
  if (call.ids === null) return;
  const { gotDirectory, programDirectory, ids } = call;
  const memo = openMemo({ gotDirectory, programDirectory, idLength: ids.base.length });
  if (memo === null) return;
  const status = result.kind === "merged" ? 0 : 1;
  storeResult(memo, ids, { status, chunks: result.chunks, labels: call.labels });
  const workAhead = countMiss(memo, call.gitProcess);
  if (workAhead) {
    const { policy, labels } = options;
    prefill({
      memo,
      policy,
      labels,
      config: ids.config,
      environment: process.env,
      now: () => performance.now(),
    });
  }
  pruneMemo(memo, { thorough: workAhead });
}

process.exit(main(process.argv));
