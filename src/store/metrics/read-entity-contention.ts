import { linesSince } from "../../lock/metrics/day-file.ts";
import { storeLimits } from "../store-limits.ts";
import {
  entityCounters,
  type EntityContention,
  type EntityCounts,
  fieldCounters,
  fieldCounts,
  newEntityCounts,
} from "./contention-counts.ts";
import {
  type AbortedTransaction,
  type ContentionLine,
  type LockWaits,
  parseContentionLine,
} from "./contention-line.ts";
import { entityStem } from "./contention-recorder.ts";

/** What the transactions of all processes of a repository met, as far as they wrote it down. */
export interface EntityContentions {
  /** Most conflicts first; `task:*` stands for the listings of a type. */
  readonly entities: readonly EntityContention[];
  /** Waits for the lock of a whole store, by its name; each linked worktree has a store of its own. */
  readonly locks: readonly (LockWaits & { readonly lock: string })[];
  /** Lines that are no samples: torn ones, or from a newer version. */
  readonly skippedLines: number;
}

/**
 * Adds up what stores wrote into `directory` (`<git-common-dir>/got/metrics`) from `since` on. What linked worktrees did to their
 * copies of one entity is added together.
 *
 * @throws GotError LOCK_UNAVAILABLE when it is there and cannot be read.
 */
export function readEntityContention(directory: string, since: Date): EntityContentions {
  const byRef = new Map<string, EntityCounts>();
  const byLock = new Map<string, LockWaits>();
  const skippedLines = readLines(directory, since, (line) => {
    if (line.kind === "entity") {
      const before = byRef.get(line.ref) ?? newEntityCounts();
      byRef.set(line.ref, before);
      addCounts(before, line.counts);
    } else if (line.kind === "lock") {
      const before = byLock.get(line.lock) ?? { waits: 0, waitMs: 0, longestWaitMs: 0 };
      byLock.set(line.lock, {
        waits: before.waits + line.waits.waits,
        waitMs: before.waitMs + line.waits.waitMs,
        longestWaitMs: Math.max(before.longestWaitMs, line.waits.longestWaitMs),
      });
    }
  });
  const entities = [...byRef].map(([ref, { fields, ...counts }]) => ({
    ref,
    ...counts,
    fields: [...fields]
      .map(([field, one]) => ({ field, ...one }))
      .sort((a, b) => b.clashes - a.clashes || b.conflicts - a.conflicts || compare(a.field, b.field)),
  }));
  entities.sort((a, b) => b.conflicts - a.conflicts || compare(a.ref, b.ref));
  const locks = [...byLock].map(([lock, waits]) => ({ lock, ...waits }));
  return { entities, locks: locks.sort((a, b) => compare(a.lock, b.lock)), skippedLines };
}

/**
 * Transactions that changed nothing since then, in the order in which they were written down.
 *
 * @throws GotError LOCK_UNAVAILABLE when the files are there and cannot be read.
 */
export function readAborted(directory: string, since: Date): readonly AbortedTransaction[] {
  const found: AbortedTransaction[] = [];
  readLines(directory, since, (line) => {
    if (line.kind === "aborted") found.push(line.aborted);
  });
  return found;
}

function readLines(directory: string, since: Date, take: (line: ContentionLine) => void): number {
  const sinceText = since.toISOString();
  let skippedLines = 0;
  for (const text of linesSince(directory, entityStem, since)) {
    const line = parseContentionLine(text);
    if (line === undefined) skippedLines += 1;
    else if (line.at >= sinceText) take(line);
  }
  return skippedLines;
}

function addCounts(to: EntityCounts, from: EntityCounts): void {
  for (const counter of entityCounters) to[counter] += from[counter];
  to.longestWaitMs = Math.max(to.longestWaitMs, from.longestWaitMs);
  for (const [field, one] of from.fields) {
    const sum = fieldCounts(to, field, storeLimits.contentionFields);
    if (sum === undefined) continue;
    for (const counter of fieldCounters) sum[counter] += one[counter];
    if (one.shape !== undefined) sum.shape = one.shape;
  }
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
