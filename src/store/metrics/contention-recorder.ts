import { appendToDay } from "../../lock/metrics/day-file.ts";
import type { EntityDraft } from "../../model/entity.ts";
import type { PlainJson } from "../../model/json/plain-json.ts";
import { storeLimits } from "../store-limits.ts";
import type { AbortReason, Conflict } from "../store.ts";
import { type EntityCounts, fieldCounts, newEntityCounts, type ValueShape } from "./contention-counts.ts";
import { formatAborted, formatEntityCounts, formatLockWaits } from "./contention-line.ts";

/** How one try of a transaction ended. */
export interface EndedTransaction {
  readonly id: string;
  readonly ending: "committed" | AbortReason;
  readonly writes: ReadonlyMap<string, EntityDraft | null>;
  /** Fields that each write changes. */
  readonly changed: ReadonlyMap<string, readonly string[]>;
  /** What was read and is checked at commit. */
  readonly reads: Iterable<string>;
  /** Types that were listed and are checked at commit. */
  readonly scanned: Iterable<string>;
  /** Why it could not be committed. */
  readonly conflicts: readonly Conflict[];
  /** Conflicts that were settled on the way. */
  readonly settled: readonly Conflict[];
}

/** Counts what transactions of this process meet, and now and then writes it down; see `readEntityContention`. */
export interface ContentionRecorder {
  readonly ended: (transaction: EndedTransaction) => void;
  readonly retried: (refs: readonly string[]) => void;
  /** Waited for a turn. */
  readonly waited: (refs: readonly string[], waitedMs: number) => void;
  /** Waited for the lock of the whole store. */
  readonly lockWaited: (waitedMs: number) => void;
  /** Writes what was counted. Never throws: no transaction fails because it cannot be measured. */
  readonly flush: () => void;
}

/** What the day files of entities are named with. */
export const entityStem = "entities";

/**
 * Adds up in memory, and writes to `entities-<day>.jsonl` in `directory` when the store is closed, when much is new, and with what is
 * counted `storeLimits.contentionFlushMs` after the last time. A process that is killed takes what it has not written with it.
 */
export function createContentionRecorder(options: {
  readonly directory: string;
  /** The name of the store's lock. */
  readonly lock: string;
  readonly agent: string;
  readonly session: string | undefined;
  readonly now: () => Date;
}): ContentionRecorder {
  const { directory, lock, agent, session, now } = options;
  let byRef = new Map<string, EntityCounts>();
  let aborted: string[] = [];
  let lockWaits = { waits: 0, waitMs: 0, longestWaitMs: 0 };
  let flushedMs = performance.now();

  const flush = (): void => {
    flushedMs = performance.now();
    const at = now();
    const stamp = at.toISOString();
    const lines = [...byRef].map(([ref, counts]) => formatEntityCounts(stamp, ref, counts));
    lines.push(...aborted);
    if (lockWaits.waits > 0) lines.push(formatLockWaits(stamp, lock, lockWaits));
    byRef = new Map();
    aborted = [];
    lockWaits = { waits: 0, waitMs: 0, longestWaitMs: 0 };
    if (lines.length === 0) return;
    try {
      appendToDay({ directory, stem: entityStem, now: at, text: lines.join("") });
    } catch {
      // A full disk or a directory of somebody else's: there will be no figures.
    }
  };
  const flushIfDue = (): void => {
    const isMuch = byRef.size >= storeLimits.contentionRefs || aborted.length >= storeLimits.contentionBatch;
    if (isMuch || performance.now() - flushedMs > storeLimits.contentionFlushMs) flush();
  };
  const countsOf = (ref: string): EntityCounts => {
    let counts = byRef.get(ref);
    if (counts === undefined) byRef.set(ref, (counts = newEntityCounts()));
    return counts;
  };

  const ended: ContentionRecorder["ended"] = (transaction) => {
    const { id, ending, writes, conflicts } = transaction;
    if (ending !== "committed") {
      if (writes.size === 0 && conflicts.length === 0) return;
      aborted.push(
        formatAborted({
          at: now().toISOString(),
          tx: id,
          agent,
          session,
          reason: ending,
          refs: [...writes.keys()].slice(0, storeLimits.contentionNamed),
          conflicts: conflicts.slice(0, storeLimits.contentionNamed),
        }),
      );
    } else if (writes.size === 0) return;
    count(transaction, countsOf);
    flushIfDue();
  };

  return {
    ended,
    retried: (refs) => {
      for (const ref of refs) countsOf(ref).retries += 1;
    },
    waited: (refs, waitedMs) => {
      for (const ref of refs) {
        const counts = countsOf(ref);
        counts.waits += 1;
        counts.waitMs += waitedMs;
        counts.longestWaitMs = Math.max(counts.longestWaitMs, waitedMs);
      }
    },
    lockWaited: (waitedMs) => {
      lockWaits.waits += 1;
      lockWaits.waitMs += waitedMs;
      lockWaits.longestWaitMs = Math.max(lockWaits.longestWaitMs, waitedMs);
    },
    flush,
  };
}

/** Whom a conflict is laid to: a listing's to the listings of its type, since the entity itself may never have been seen. */
export const blamed = ({ ref, reason }: Conflict): string =>
  reason === "listed" ? listings(ref.slice(0, ref.indexOf(":"))) : ref;

const listings = (type: string): string => `${type}:*`;

function count(transaction: EndedTransaction, countsOf: (ref: string) => EntityCounts): void {
  const { ending, writes, changed } = transaction;
  // A forgotten snapshot is nobody's contention.
  const conflicts = transaction.conflicts.filter(({ reason }) => reason !== "snapshot");
  const byBlamed = new Map(conflicts.map((conflict) => [blamed(conflict), conflict]));
  for (const ref of touched(transaction, byBlamed.keys())) {
    const counts = countsOf(ref);
    counts.attempts += 1;
    for (const field of changed.get(ref) ?? []) {
      const field_ = fieldCounts(counts, field, storeLimits.contentionFields);
      if (field_ !== undefined) field_.attempts += 1;
    }
    const conflict = byBlamed.get(ref);
    if (ending === "committed") counts.commits += 1;
    else if (conflict === undefined) counts.abandoned += 1;
    else {
      counts.conflicts += 1;
      if (conflict.reason !== "write") counts.readConflicts += 1;
      else if (isApart(conflict, changed.get(ref) ?? [])) counts.apartConflicts += 1;
      countFields(counts, conflict, { fields: changed.get(ref) ?? [], draft: writes.get(ref) });
    }
  }
  for (const conflict of transaction.settled) {
    const ref = blamed(conflict);
    countsOf(ref).settled += 1;
    countFields(countsOf(ref), conflict, { fields: changed.get(ref) ?? [], draft: writes.get(ref) });
  }
}

/** What a transaction rests on: all that it met a conflict over, and of the rest as much as is counted. */
function touched(transaction: EndedTransaction, first: Iterable<string>): ReadonlySet<string> {
  const refs = new Set(first);
  const { writes, reads, scanned } = transaction;
  for (const more of [writes.keys(), [...scanned].map(listings), reads]) {
    for (const ref of more) {
      if (refs.size >= storeLimits.contentionRefs) return refs;
      refs.add(ref);
    }
  }
  return refs;
}

/** Both created, deleted or changed something, and nothing of it was the same field. */
function isApart(conflict: Conflict, ours: readonly string[]): boolean {
  return conflict.fields.length > 0 && ours.length > 0 && !conflict.fields.some((one) => ours.includes(one));
}

/**
 * Fields that both sides changed clash here even when to the same value, unlike in `conflict.clashes`: two who count 1 up to 2 wanted 3.
 */
function countFields(
  counts: EntityCounts,
  conflict: Conflict,
  ours: { readonly fields: readonly string[]; readonly draft: EntityDraft | null | undefined },
): void {
  for (const field of conflict.fields) {
    const counted = fieldCounts(counts, field, storeLimits.contentionFields);
    if (counted === undefined) continue;
    counted.conflicts += 1;
    if (!ours.fields.includes(field)) continue;
    counted.clashes += 1;
    const value = ours.draft?.[field];
    if (value !== undefined) counted.shape = shapeOf(value);
  }
}

/** Only what a merge rule can join is told apart. */
function shapeOf(value: PlainJson): ValueShape {
  if (typeof value === "number") return "number";
  if (typeof value === "string") return value.includes("\n") ? "text" : "other";
  if (!Array.isArray(value)) return "other";
  const hasIds = value.every((item) => typeof item === "object" && item !== null && "id" in item);
  return value.length > 0 && hasIds ? "records" : "list";
}
