import type { Entity, EntityDraft } from "../model/entity.ts";

/**
 * The entity store: reads and buffered writes over `.got/entities`, committed all or nothing if nothing they rest on has changed.
 *
 * What always holds: a transaction that reported `committed` is in the write-ahead log, whole, and no later one undoes it
 * unseen; a reader never sees part of one; a file that somebody else edited is never overwritten silently.
 */
export interface Store {
  /**
   * Runs `work` in a transaction, again from the start when it met a conflict, up to `retries` times. What `work` throws rolls
   * back and is thrown on.
   *
   * @throws GotError INVALID_ENTITY, LIMIT_EXCEEDED, STORE_UNUSABLE, WRITE_FAILED; nothing is changed then.
   */
  readonly transaction: <Value>(
    work: (tx: Transaction) => Promise<Value> | Value,
    options?: TransactionOptions,
  ) => Promise<TransactionOutcome<Value>>;
  /** The explicit form: the caller ends it with `commit` or `rollback`. */
  readonly begin: (options?: BeginOptions) => Transaction;
  /** The entity as of now, or null. */
  readonly get: (ref: string) => Promise<Entity | null>;
  /** The entities of a type as of now, by id. */
  readonly list: (type: string, matches?: (entity: Entity) => boolean) => Promise<readonly Entity[]>;
  /** Types that have a folder. */
  readonly types: () => readonly string[];
  /** The entity as it was after the transaction with this log sequence number. */
  readonly readAtVersion: (ref: string, lsn: number) => Promise<ReadOutcome>;
  /** The log sequence number of the newest transaction. */
  readonly lsn: () => number;
  /** Waits until everything committed is on the disk and in the files. */
  readonly flush: () => Promise<void>;
  /** Flushes, then gives back files and timers. */
  readonly close: () => Promise<void>;
}

export type ReadOutcome =
  | { readonly kind: "found"; readonly entity: Entity | null }
  /** The log does not reach back so far; begin a new transaction. */
  | { readonly kind: "snapshotTooOld" };

/** `serializable`: what was read, listed or written must be unchanged; `snapshot`: only what is written. */
export type Isolation = "serializable" | "snapshot";

/**
 * - `paranoid`: record, files and directories are on the disk before success.
 * - `balanced`: the record is, with one sync that concurrent commits share.
 * - `lazy`: a sync follows within milliseconds, and the files follow the sync; after a power cut a prefix survives.
 */
export type Durability = "paranoid" | "balanced" | "lazy";

export interface BeginOptions {
  readonly isolation?: Isolation;
}

export interface TransactionOptions extends BeginOptions {
  /** Attempts after the first; default 20. */
  readonly retries?: number;
  /** Ceiling of the first pause in milliseconds and the greatest one; each pause is random below its ceiling. */
  readonly backoff?: { readonly firstMs?: number; readonly longestMs?: number };
  /** `merge` puts the change on top of the other one by the merge policy where their fields allow it, and retries where not. */
  readonly onConflict?: "retry" | "merge" | "fail";
}

export type TransactionOutcome<Value> =
  | (Committed & { readonly value: Value; readonly attempts: number })
  | (Conflicted & { readonly attempts: number });

export type CommitOutcome = Committed | Conflicted;

export interface Committed {
  readonly kind: "committed";
  /** The sequence number of the record; of the snapshot when nothing was written. */
  readonly lsn: number;
  /** New versions by reference; null for a deleted entity. */
  readonly versions: Readonly<Record<string, number | null>>;
  /** Set when the record is durable but the files have to wait, e.g. for git's index.lock; says for what. */
  readonly pending?: string;
}

export interface Conflicted {
  readonly kind: "conflict";
  readonly conflicts: readonly Conflict[];
}

/** Why a transaction could not be committed: one entity that is not as it was read. */
export interface Conflict {
  readonly ref: string;
  /** - `read`, `write`: it was read or is written here; `listed`: it belongs to a listing; `snapshot`: what was read is forgotten. */
  readonly reason: "read" | "write" | "listed" | "snapshot";
  /** Versions as in the file; null where there is no entity. */
  readonly expected: number | null;
  readonly actual: number | null;
  /** Fields that others changed meanwhile. */
  readonly fields: readonly string[];
  /** Those of them that this transaction changes to something else. */
  readonly clashes: readonly string[];
}

export type TransactionState = "ACTIVE" | "PREPARING" | "COMMITTED" | "ABORTED";

export const abortReasons = ["conflict", "rolledBack", "failed"] as const;
/** `conflict`: what it rests on had changed; `rolledBack`: the caller wanted so, or threw; `failed`: it could not be written. */
export type AbortReason = (typeof abortReasons)[number];

/** A transaction entered a state. */
export type StateChange =
  /** Reads at `snapshot`, a log sequence number. */
  | { readonly id: string; readonly state: "ACTIVE"; readonly snapshot: number }
  /** Is checked against what others have done, and written. */
  | { readonly id: string; readonly state: "PREPARING"; readonly writes: readonly string[] }
  | ({ readonly id: string; readonly state: "COMMITTED" } & Omit<Committed, "kind">)
  | {
      readonly id: string;
      readonly state: "ABORTED";
      readonly reason: AbortReason;
      readonly conflicts: readonly Conflict[];
    };
export type Resolution = "OURS" | "THEIRS" | "MERGE";

export interface Transaction {
  readonly id: string;
  readonly state: () => TransactionState;
  /** The log sequence number that it reads at. */
  readonly snapshot: number;
  /** The entity as of the beginning, with this transaction's own writes; null when there is none. */
  readonly get: (ref: string) => Promise<Entity | null>;
  /** Entities of a type, by id. Counts as having read every entity that `matches` is true for, now or later. */
  readonly list: (type: string, matches?: (entity: Entity) => boolean) => Promise<readonly Entity[]>;
  /** Buffers a new entity or a new state of one. Fields that it leaves out are removed. */
  readonly put: (entity: EntityDraft) => Promise<void>;
  readonly delete: (ref: string) => Promise<void>;
  /** `get` and `put` under the names of the literature. */
  readonly read: (ref: string) => Promise<Entity | null>;
  readonly write: (entity: EntityDraft) => Promise<void>;
  /** Entities that have changed under this transaction so far. */
  readonly detectConflicts: () => Promise<readonly Conflict[]>;
  /**
   * Settles the conflict over one entity: OURS keeps our change on top of theirs, THEIRS drops ours, MERGE joins them by the
   * policy. Returns what is still in conflict.
   */
  readonly resolve: (ref: string, how: Resolution) => Promise<readonly Conflict[]>;
  readonly resolveAll: (how: Resolution) => Promise<readonly Conflict[]>;
  readonly commit: () => Promise<CommitOutcome>;
  readonly rollback: () => void;
}

/** What the store has to say to people; nothing of it is fatal. */
export interface StoreProblem {
  readonly kind: "tornRecord" | "keptAside" | "pending" | "eventsNotWritten";
  /** The file that it is about. */
  readonly file: string;
  readonly reason: string;
}
