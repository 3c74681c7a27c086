import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { listHeads, type Reflog, readBranchReflogs, readHeadReflog } from "../git/reflogs.ts";
import type { GitCall } from "../git/run-git.ts";
import { type EventPlaces, openAllInputs } from "../log/all-inputs.ts";
import type { LogProblem } from "../log/log.ts";
import { readEvents } from "../log/read-events.ts";
import { spoolDirectory } from "../log/spool.ts";
import type { LogEvent } from "../model/event.ts";
import { adoptSpools, findStranded, ownerlessName, type StrandedSpool } from "./adopt-spools.ts";
import { readBranchEvents } from "./branch-events.ts";
import { findMoves, type Moves, type Rebased } from "./find-moves.ts";
import { KnownEvents } from "./known-events.ts";
import { missingEvents, type Pair } from "./missing-events.ts";
import { rebasePairs } from "./rebase-pairs.ts";

export interface SyncOptions extends EventPlaces {
  /** Anywhere in the repository. */
  readonly call: GitCall;
  readonly nowMs: number;
  /** Part of the names of files: no other process has the same at this time. */
  readonly unique: string;
  /** Whether events are folded into commits here. */
  readonly isTracking: boolean;
  readonly dryRun: boolean;
  readonly onProblem: (problem: LogProblem) => void;
  /** Told what is being done, before each part. */
  readonly onStep: (step: string) => void;
}

export interface SyncResult {
  /** Events that were missing, in total order. */
  readonly added: readonly LogEvent[];
  /** Files of the spool that were waiting for nobody and are folded by the next commit now. */
  readonly adopted: readonly StrandedSpool[];
  /** True when a reflog, or the number of rebases, was too long to be read to its beginning. */
  readonly isCut: boolean;
}

/**
 * Rebuilds the events that the hooks have not written, from the reflogs: commits, merges, and which commits took the place of which. They
 * go to the spool, so the next commit takes them along and no work tree is dirty. Known events are those of all work trees, the spool and all
 * branches; ids are the hooks' own, so doing it again adds nothing, and neither does doing it beside hooks that are at work.
 *
 * @throws GotError GIT_FAILED, WRITE_FAILED, UNREADABLE_INPUT.
 */
export async function sync(options: SyncOptions): Promise<SyncResult> {
  const { call, commonDir, nowMs, onStep } = options;
  onStep("reading the events that are known");
  const known = readKnown(options);
  const { moves, isCut } = readMoves(options);
  const pairs = new PairFinder(call);
  const find = (): readonly LogEvent[] => missingEvents(moves, { known, nowMs, pairsOf: pairs.of });
  onStep("comparing");
  let added = find();
  if (added.length > 0) {
    onStep("reading the events of branches that are checked out nowhere");
    await readBranchEvents(call, (event) => known.see(event), options.onProblem);
    added = find();
  }
  const sorted = added.toSorted((a, b) => (a.ts === b.ts ? (a.id < b.id ? -1 : 1) : a.ts < b.ts ? -1 : 1));
  const adopted = findStranded(commonDir, options.isTracking);
  if (!options.dryRun) {
    if (sorted.length > 0) writeEvents(options, sorted);
    adoptSpools(commonDir, adopted, options.unique);
  }
  return { added: sorted, adopted, isCut: isCut || pairs.isExhausted };
}

function readKnown(options: SyncOptions): KnownEvents {
  const known = new KnownEvents();
  const opened = openAllInputs(options, options.onProblem);
  try {
    for (const event of readEvents(opened.inputs, { onProblem: options.onProblem })) known.see(event);
  } finally {
    opened.close();
  }
  return known;
}

function readMoves({ call, commonDir, onStep }: SyncOptions): {
  readonly moves: Moves;
  readonly isCut: boolean;
} {
  const heads = listHeads(commonDir).map((worktree, index) => {
    onStep(`reading where HEAD of ${worktree} has been`);
    return readHeadReflog(call, worktree, index === 0);
  });
  onStep("reading where the branches have been");
  const branches: readonly Reflog[] = readBranchReflogs(call);
  return { moves: findMoves(heads, branches), isCut: [...heads, ...branches].some(({ isCut }) => isCut) };
}

/** Asks git about each rebase once, and about so many at the most. */
class PairFinder {
  isExhausted = false;
  readonly #call: GitCall;
  readonly #found = new Map<string, readonly Pair[]>();

  constructor(call: GitCall) {
    this.#call = call;
  }

  readonly of = (rebased: Rebased): readonly Pair[] => {
    const key = `${rebased.from}:${rebased.to}`;
    const found = this.#found.get(key);
    if (found !== undefined) return found;
    if (this.#found.size >= limits.syncRebases) {
      this.isExhausted = true;
      return [];
    }
    const pairs = rebasePairs(this.#call, rebased);
    this.#found.set(key, pairs);
    return pairs;
  };
}

/** One file, there as a whole or not at all. */
function writeEvents({ commonDir, unique }: SyncOptions, events: readonly LogEvent[]): void {
  const directory = spoolDirectory(commonDir);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new GotError("WRITE_FAILED", `Could not make ${directory}`, { facts: { directory }, cause });
  }
  writeFileAtomic(path.join(directory, ownerlessName("sync", unique)), linesOf(events));
}

function* linesOf(events: readonly LogEvent[]): Generator<Uint8Array> {
  const perPiece = 1000;
  for (let at = 0; at < events.length; at += perPiece) {
    const lines = events.slice(at, at + perPiece).map((event) => `${JSON.stringify(event)}\n`);
    yield Buffer.from(lines.join(""));
  }
}
