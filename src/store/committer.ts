import { GotError } from "../base/errors.ts";
import { applyRecords, type ApplyOptions } from "./apply.ts";
import type { Engine } from "./engine.ts";
import { requireRef } from "./entity-files.ts";
import type { IndexLock } from "./index-lock.ts";
import type { MergeTexts } from "./merge-texts.ts";
import { findOutsideEdits } from "./outside-edits.ts";
import { type Author, type Footprint, prepare } from "./prepare.ts";
import type { StoreFiles } from "./store-files.ts";
import { storeLimits } from "./store-limits.ts";
import type { StoreLock } from "./store-lock.ts";
import type { CommitOutcome, Durability, StoreProblem } from "./store.ts";
import type { StoreEvent, TransactionRecord } from "./wal-record.ts";

/** Commits transactions of this process, several at once where they come together, in the steps of docs/failure-model.md. */
export interface Committer {
  readonly commit: (footprint: Footprint) => Promise<CommitOutcome>;
  /** Brings everything that the log has into the files. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface CommitterOptions {
  readonly engine: Engine;
  readonly files: StoreFiles;
  readonly lock: StoreLock;
  readonly indexLock: IndexLock;
  readonly durability: Durability;
  readonly author: Author;
  readonly keptDirectory: string;
  /** Names this boot of the machine; "-" where that cannot be told. */
  readonly boot: string;
  /** Size at which a segment of the write-ahead log is ended. */
  readonly segmentBytes: number;
  readonly appendEvents: (events: readonly StoreEvent[]) => void;
  readonly syncEvents: () => void;
  readonly loadMerge: () => Promise<MergeTexts>;
  readonly onProblem: (problem: StoreProblem) => void;
}

interface Waiting {
  readonly footprint: Footprint;
  readonly settle: (outcome: CommitOutcome) => void;
  readonly fail: (error: unknown) => void;
}

interface Appended {
  readonly lsn: number;
  readonly versions: Readonly<Record<string, number | null>>;
  readonly settle: (outcome: CommitOutcome) => void;
  readonly fail: (error: unknown) => void;
}

export function createCommitter(options: CommitterOptions): Committer {
  const { engine, files, lock, indexLock, durability, onProblem } = options;
  const queue: Waiting[] = [];
  let appended: Appended[] = [];
  let syncedLsn = 0;
  let lastSyncMs = Infinity;
  let merge: MergeTexts | undefined;
  let running: Promise<void> | null = null;
  let lazyTimer: NodeJS.Timeout | null = null;
  /** Up to which record the files have to be brought before the pump may rest. */
  let flushTo = 0;
  let blockedSinceMs: number | null = null;
  /** Looked at by the first commit of a process and after each segment: what has been edited from outside meanwhile. */
  let mayBeEdited = true;

  /** One turn under the lock: what is durable goes into the files, what waits is checked and appended. */
  const turn = (stillOurs: () => boolean): "needsMerge" | "indexLocked" | undefined => {
    engine.catchUp();
    const torn = engine.wal.cutTorn();
    if (torn !== null)
      onProblem({
        kind: "tornRecord",
        file: torn,
        reason: "a crash left a record unfinished; it was not committed",
      });
    const blocked = apply();
    settleApplied();
    engine.files.together(() => appendWaiting(stillOurs));
    return appended.length > 0 && blocked === undefined && isQuickAndAlone() ? syncAndApply() : blocked;
  };

  /**
   * A sync that takes less than handing it to a thread and taking the lock again is done at once, as long as nobody else wants
   * the lock.
   */
  const isQuickAndAlone = (): boolean => lastSyncMs < storeLimits.quickSyncMs && !lock.wasContended();

  const syncAndApply = (): ReturnType<typeof turn> => {
    const startMs = performance.now();
    engine.wal.syncNow();
    lastSyncMs = performance.now() - startMs;
    syncedLsn = engine.wal.lastLsn();
    const blocked = apply();
    settleApplied();
    return blocked;
  };

  const sync = async (): Promise<void> => {
    const startMs = performance.now();
    syncedLsn = await engine.wal.sync();
    lastSyncMs = performance.now() - startMs;
  };

  const apply = (): ReturnType<typeof turn> => {
    const redo = needsRedo();
    if (redo) engine.wal.syncNow();
    const upTo = redo ? engine.wal.lastLsn() : syncedLsn;
    const records = (redo ? engine.inSegment() : engine.unapplied()).filter(({ lsn }) => lsn <= upTo);
    const last = records.at(-1);
    if (last === undefined) {
      if (redo) engine.noteApplied(engine.wal.appliedLsn(), options.boot);
      return undefined;
    }
    const guarded = records.some(({ changes }) => changes.length > 1);
    if (guarded && !indexLock.take()) {
      blockedSinceMs ??= performance.now();
      return "indexLocked";
    }
    try {
      blockedSinceMs = null;
      if (applyRecords(records, applyOptions()) === "needsMerge") return "needsMerge";
    } finally {
      if (guarded) indexLock.release();
    }
    sweepAfterOthers(records);
    // Before the note: a crash in between appends them again, which changes nothing.
    options.appendEvents(records.flatMap(({ events }) => events));
    if (durability === "paranoid") options.syncEvents();
    // Merged edits were appended behind these: they stand in the files, and their events follow with the next turn.
    engine.noteApplied(last.lsn, options.boot);
    if (engine.wal.sizeBytes() > options.segmentBytes && engine.unapplied().length === 0) rotate();
    return undefined;
  };

  /** What others had not brought into the files by themselves, they may have been killed at: their drafts are still there. */
  const sweepAfterOthers = (records: readonly TransactionRecord[]): void => {
    const own = new Set(appended.map(({ lsn }) => lsn));
    const refs = records
      .filter(({ lsn }) => !own.has(lsn))
      .flatMap(({ changes }) => changes.map(({ ref }) => ref));
    for (const type of new Set(refs.map((ref) => requireRef(ref).type))) engine.files.sweep(type);
  };

  /** After a power cut the files may lack what was noted as applied. */
  const needsRedo = (): boolean => {
    const boot = engine.wal.appliedBoot();
    return boot !== undefined && boot !== options.boot;
  };

  const applyOptions = (): ApplyOptions => ({
    engine,
    files,
    keptDirectory: options.keptDirectory,
    durable: durability === "paranoid",
    now: options.author.now,
    merge,
    onProblem,
  });

  const rotate = (): void => {
    // Also with `paranoid`: others in this work tree may have chosen otherwise.
    engine.files.sync(new Set(engine.inSegment().flatMap(({ changes }) => changes.map(({ ref }) => ref))));
    options.syncEvents();
    engine.wal.rotate();
    mayBeEdited = true;
  };

  const settleApplied = (): void => {
    const applied = engine.wal.appliedLsn();
    for (const { lsn, versions, settle } of appended)
      if (lsn <= applied) settle({ kind: "committed", lsn, versions });
    appended = appended.filter(({ lsn }) => lsn > applied);
  };

  const appendWaiting = (stillOurs: () => boolean): void => {
    if (queue.length === 0 || !stillOurs()) return;
    for (const { footprint, settle, fail } of queue.splice(0)) {
      try {
        const edits = mayBeEdited ? findOutsideEdits(engine) : [];
        const prepared = prepare(engine, footprint, options.author, edits);
        if (prepared.kind === "conflict") {
          settle(prepared);
          continue;
        }
        mayBeEdited = false;
        const { records, versions } = prepared;
        const last = records.at(-1);
        if (last === undefined) {
          settle({ kind: "committed", lsn: footprint.snapshot, versions });
          continue;
        }
        for (const ref of Object.keys(versions)) engine.files.requireWritable(ref);
        engine.wal.append(records);
        engine.added(records);
        if (durability === "lazy") settle({ kind: "committed", lsn: last.lsn, versions });
        else appended.push({ lsn: last.lsn, versions, settle, fail });
      } catch (error) {
        fail(error);
      }
    }
  };

  const pump = async (): Promise<void> => {
    for (;;) {
      const blocked = await lock.run(turn, othersDidTheRest);
      if (blocked === "moot") return;
      if (blocked === "needsMerge") merge = await options.loadMerge();
      else if (blocked === "indexLocked" && !(await waitForIndexLock())) return;
      else if (appended.length > 0 || engine.wal.appliedLsn() < flushTo) {
        await sync();
        if (othersDidTheRest()) return;
      } else if (queue.length === 0) {
        if (engine.wal.appliedLsn() < engine.wal.lastLsn() && durability === "lazy") scheduleLazy();
        return;
      }
    }
  };

  /** Whoever had the lock while we synced may have brought our records into the files with theirs: the log tells, without the lock. */
  const othersDidTheRest = (): boolean => {
    // Their durability may be less than ours.
    if (durability === "paranoid" || queue.length > 0) return false;
    engine.catchUp();
    settleApplied();
    return appended.length === 0 && engine.wal.appliedLsn() >= flushTo && !needsRedo();
  };

  /** Pauses; false when it has been held for so long that the files have to wait for the next transaction. */
  const waitForIndexLock = async (): Promise<boolean> => {
    if (performance.now() - (blockedSinceMs ?? 0) < storeLimits.indexLockTimeoutMs) {
      await new Promise((resolve) => setTimeout(resolve, storeLimits.indexLockPauseMs));
      return true;
    }
    blockedSinceMs = null;
    const reason = `git's ${indexLock.file} is held; the files follow with the next transaction after it is gone`;
    onProblem({ kind: "pending", file: indexLock.file, reason });
    for (const { lsn, versions, settle } of appended)
      settle({ kind: "committed", lsn, versions, pending: reason });
    appended = [];
    return queue.length > 0;
  };

  const scheduleLazy = (): void => {
    lazyTimer ??= setTimeout(() => {
      lazyTimer = null;
      void flush().catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        onProblem({ kind: "pending", file: options.keptDirectory, reason });
      });
    }, storeLimits.lazySyncMs);
  };

  const start = (): Promise<void> => {
    running ??= pump()
      .catch((error: unknown) => {
        for (const { fail } of queue.splice(0)) fail(error);
        const reason = error instanceof Error ? error.message : String(error);
        for (const { lsn, versions, settle, fail } of appended) {
          // What is in the log durably is committed; only the files have to wait. Of the rest nobody can say.
          if (lsn <= syncedLsn) settle({ kind: "committed", lsn, versions, pending: reason });
          else fail(unknownOutcome(error));
        }
        appended = [];
        throw error;
      })
      .finally(() => {
        running = null;
        flushTo = 0;
      });
    return running;
  };

  const flush = async (): Promise<void> => {
    // Whoever waits for a commit hears of its failure there.
    await running?.catch(() => {});
    engine.catchUp();
    if (engine.wal.lastLsn() === engine.wal.appliedLsn() && !needsRedo()) return;
    flushTo = engine.wal.lastLsn();
    await start();
  };

  return {
    commit: (footprint) =>
      new Promise((settle, fail) => {
        queue.push({ footprint, settle, fail });
        // Failures reach each commit by `fail`; a commit that came while the pump was ending gets a new one.
        const again = (): void => {
          if (queue.length > 0) void start().catch(() => {});
        };
        void start().then(again, again);
      }),
    flush,
    close: async () => {
      if (lazyTimer !== null) clearTimeout(lazyTimer);
      lazyTimer = null;
      await flush();
    },
  };
}

/** After a sync that failed nobody knows whether a record is on the disk. */
function unknownOutcome(cause: unknown): GotError {
  return new GotError(
    "WRITE_FAILED",
    "The write-ahead log could not be made durable: it is not known whether the transaction is committed",
    {
      hint: "Open the store again and read.",
      cause,
    },
  );
}
