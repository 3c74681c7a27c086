import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { writeFully } from "../src/base/write-fully.ts";
import { openByteFile } from "../src/base/byte-file.ts";
import type { LogPart, LogSources } from "../src/merge/merge-log.ts";
import type { MergeOptions } from "../src/merge/merge-result.ts";
import { type MergeSources, piecesOf } from "../src/merge/merge-sources.ts";
import type { DriverKind } from "../src/model/policy.ts";
import { countMiss } from "./count-miss.ts";
import { loadAhead, loadMerge } from "./load-sibling.ts";
import { type MergeCall, parseMergeCall } from "./merge-call.ts";
import { readPolicy } from "./read-policy.ts";
import { warn } from "./warn.ts";

/**
 * What the shim (got-merge.sh) starts when the memo has no answer: merges one file, and now and then all the others
 * that the same git process is about to ask for.
 *
 *     node got-<kind>.cjs BASE OURS THEIRS SIZE PATH BASE-LABEL OUR-LABEL THEIR-LABEL NEW GOT-DIRECTORY GIT-PID IDS
 *
 * The result goes into the file NEW, which in the end is renamed onto OURS. The exit codes are the shim's business: 0 and
 * 1 are not among them, because a torn bundle and an uncaught error end with those.
 */
const exitCodes = { merged: 10, conflict: 11, cannotWrite: 12, asText: 13, failed: 14 } as const;

/** Runs the driver and ends the process, if it is this driver that was started (and not another one that loads it). */
export function runDriver(kind: DriverKind, merge: MergeSources, begin: Begin = () => null): void {
  const [, program = ""] = process.argv;
  if (path.basename(program) === `got-${kind}.cjs`) process.exit(main(kind, merge, begin));
}

/** A shorter way to write how a result begins: returns the parts that are left, null where it wrote nothing. */
type Begin = (call: MergeCall, parts: Iterable<LogPart>, sources: LogSources) => Iterable<LogPart> | null;

function main(kind: DriverKind, merge: MergeSources, begin: Begin): number {
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
  if (!writeResult(call, result.parts, sources, begin)) return exitCodes.cannotWrite;
  if (result.kind === "conflict") {
    for (const { at, reason } of result.conflicts) warn(call.path, `conflict at ${at}: ${reason}`);
  }
  try {
    remember(call, merge, options, result.kind === "merged" ? 0 : 1);
  } catch (error) {
    // The merge itself is done.
    if (process.env["GOT_HOOKS_DEBUG"] === "1") warn("memo", String(error));
  }
  // The last thing that happens: whoever kills this process before finds ours as it was.
  if (!replaceOurs(call)) return exitCodes.cannotWrite;
  return result.kind === "merged" ? exitCodes.merged : exitCodes.conflict;
}

function replaceOurs(call: MergeCall): boolean {
  try {
    renameSync(call.newFile, call.oursFile);
    return true;
  } catch (error) {
    warn(call.path, error instanceof Error ? error.message : "cannot be replaced");
    return false;
  }
}

function writeResult(call: MergeCall, parts: Iterable<LogPart>, sources: LogSources, begin: Begin): boolean {
  const file = call.newFile;
  try {
    const rest = begin(call, parts, sources);
    const descriptor = openSync(file, rest === null ? "w" : "a");
    try {
      for (const piece of piecesOf(rest ?? parts, sources, { reuse: true })) writeFully(descriptor, piece);
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

/** Counts the miss; from a git process's second one on, puts results into the memo, and what it will ask for next. */
function remember(call: MergeCall, merge: MergeSources, options: MergeOptions, status: 0 | 1): void {
  const { ids, programDirectory } = call;
  const memo = path.join(call.gotDirectory, "memo");
  if (ids === null) {
    // The shim looks nothing up for a process's first call, so there is nothing to remember either. But each one leaves a
    // mark: one process in 64 clears old ones away.
    if (Number(call.gitProcess) % 64 === 0) loadAhead(programDirectory).pruneMemo(memo);
    return;
  }
  const misses = countMiss(memo, call.gitProcess);
  if (misses === 0) return;
  loadAhead(programDirectory).remember({
    call,
    ids,
    options,
    status,
    mergeOf: (kind) => (kind === call.kind ? merge : loadMerge(programDirectory, kind)),
    // The 2nd, 4th, 8th …: what cannot be foreseen is tried in vain only a few times.
    ahead: (misses & (misses - 1)) === 0,
  });
}
