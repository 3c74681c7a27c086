import { randomUUID } from "node:crypto";
import path from "node:path";
import { createProcessTable } from "../lock/file/process-identity.ts";
import { noPolicy, type Policy } from "../model/policy.ts";
import { createCommitter } from "./committer.ts";
import { createEngine } from "./engine.ts";
import { openEntityFiles, requireEntity, requireRef } from "./entity-files.ts";
import { openIndexLock } from "./index-lock.ts";
import type { MergeTexts } from "./merge-texts.ts";
import { createContentionRecorder } from "./metrics/contention-recorder.ts";
import { runTransaction, type Turns } from "./run-transaction.ts";
import { type StoreFiles, systemStoreFiles } from "./store-files.ts";
import { storeLimits } from "./store-limits.ts";
import { createStoreLock, type StoreLock, storeResource } from "./store-lock.ts";
import type { Durability, ReadOutcome, StateChange, Store, StoreProblem, Transaction } from "./store.ts";
import { beginTransaction, type TransactionContext } from "./transaction.ts";
import { openTurns } from "./turns.ts";
import type { StoreEvent } from "./wal-record.ts";
import { openWal } from "./wal.ts";

export interface OpenStoreOptions {
  /** Top of the work tree; absolute. */
  readonly workTree: string;
  /** This worktree's own git directory: the write-ahead log is in `<gitDir>/got/wal`. */
  readonly gitDir: string;
  /** What all linked worktrees share: the locks are in `<commonDir>/got/locks`. */
  readonly commonDir: string;
  readonly agent: string;
  readonly session?: string;
  /** Default `balanced`. */
  readonly durability?: Durability;
  /** For merges of clashing changes; default: what is built in. */
  readonly policy?: Policy;
  readonly now?: () => Date;
  readonly random?: () => number;
  /** Takes the events of what was committed, once for certain and perhaps again with the same ids. */
  readonly appendEvents?: (events: readonly StoreEvent[]) => void;
  /**
   * Makes durable what `appendEvents` has taken, whichever process called it. Called before the write-ahead log forgets the records that
   * the events are from; with `paranoid` before each success.
   */
  readonly syncEvents?: () => void;
  readonly onProblem?: (problem: StoreProblem) => void;
  /** Hears of every state that a transaction enters; also of those that only read, `get` and `list` of the store among them. */
  readonly onState?: (change: StateChange) => void;
  /** What tests put in the place of the system. */
  readonly ports?: {
    readonly files?: StoreFiles;
    readonly lock?: StoreLock;
    readonly boot?: string;
    /** Default `storeLimits.segmentBytes`. */
    readonly segmentBytes?: number;
    readonly turns?: Turns;
  };
}

/**
 * Opens the entity store of a work tree and finishes what a crash has left unfinished.
 *
 * @throws GotError STORE_UNUSABLE for symbolic links, a log of a newer version or a directory that can't be used.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { workTree, gitDir, agent, ports = {} } = options;
  const files = ports.files ?? systemStoreFiles;
  const now = options.now ?? (() => new Date());
  const random = options.random ?? Math.random;
  const processes = createProcessTable();
  const resource = storeResource(options);
  const locksDirectory = path.join(options.commonDir, "got", "locks");
  const contention = createContentionRecorder({
    directory: path.join(options.commonDir, "got", "metrics"),
    lock: resource,
    agent,
    session: options.session,
    now,
  });
  const lock =
    ports.lock ??
    createStoreLock({
      locksDirectory,
      resource,
      processes,
      agent,
      session: options.session,
      random,
      onWait: contention.lockWaited,
    });
  const active = new Map<string, number>();
  const oldestNeeded = (): number => Math.min(Infinity, ...active.values());

  const wal = openWal({ files, directory: path.join(gitDir, "got", "wal") });
  const engine = createEngine({ wal, files: openEntityFiles(files, workTree), oldestNeeded });
  engine.catchUp();

  let merge: Promise<MergeTexts> | undefined;
  const loadMerge = (): Promise<MergeTexts> =>
    (merge ??= import("./merge-texts.ts").then(({ createMergeTexts }) =>
      createMergeTexts(options.policy ?? noPolicy),
    ));
  const author = { agent, now };
  const committer = createCommitter({
    engine,
    files,
    lock,
    indexLock: openIndexLock(files, gitDir, processes),
    durability: options.durability ?? "balanced",
    author,
    keptDirectory: path.join(gitDir, "got", "kept"),
    boot: ports.boot ?? processes.identify().boot,
    segmentBytes: ports.segmentBytes ?? storeLimits.segmentBytes,
    appendEvents: options.appendEvents ?? (() => {}),
    syncEvents: options.syncEvents ?? (() => {}),
    loadMerge,
    onProblem: options.onProblem ?? (() => {}),
  });
  // Nothing to do, and no lock taken, unless somebody was killed or is committing right now.
  await committer.flush();

  const context: TransactionContext = {
    engine,
    committer,
    author,
    newId: () => `tx-${now().getTime().toString(36)}-${randomUUID().slice(-12)}`,
    loadMerge,
    contention,
    onState: (change) => {
      if (change.state === "COMMITTED" || change.state === "ABORTED") active.delete(change.id);
      options.onState?.(change);
    },
  };
  const begin: Store["begin"] = (wanted = {}): Transaction => {
    const tx = beginTransaction(context, wanted);
    active.set(tx.id, tx.snapshot);
    options.onState?.({ id: tx.id, state: "ACTIVE", snapshot: tx.snapshot });
    return tx;
  };
  const turns = ports.turns ?? openTurns({ locksDirectory, resource, agent, session: options.session });
  const readOnly = async <Value>(work: (tx: Transaction) => Promise<Value>): Promise<Value> => {
    const tx = begin();
    try {
      return await work(tx);
    } finally {
      tx.rollback();
    }
  };

  return {
    transaction: (work, wanted = {}) => runTransaction({ begin, turns, contention, random }, work, wanted),
    begin,
    get: (ref) => readOnly((tx) => tx.get(ref)),
    list: (type, matches) => readOnly((tx) => tx.list(type, matches)),
    types: () => engine.files.types(),
    readAtVersion: async (ref, lsn): Promise<ReadOutcome> => {
      requireRef(ref);
      engine.catchUp();
      const seen = engine.seenAt(ref, lsn);
      if (seen === "tooOld" || (seen.lsn === 0 && lsn < wal.segmentLsn())) return { kind: "snapshotTooOld" };
      return { kind: "found", entity: requireEntity(ref, seen.text, engine.files.path(ref)) };
    },
    lsn: () => {
      engine.catchUp();
      return wal.lastLsn();
    },
    flush: committer.flush,
    close: async () => {
      try {
        await committer.close();
      } finally {
        wal.close();
        contention.flush();
        await turns.close();
      }
    },
  };
}
