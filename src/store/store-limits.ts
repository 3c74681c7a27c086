/** Every bound of the entity store, by name. */
export const storeLimits = {
  /** Bytes of one entity's file. */
  entityBytes: 8 * 1024 * 1024,
  /** Entities that one transaction may write, and bytes of its record in the write-ahead log. */
  changesAtOnce: 10_000,
  recordBytes: 128 * 1024 * 1024,
  /** Bytes of one segment of the write-ahead log before the next one is begun. */
  segmentBytes: 4 * 1024 * 1024,
  /** Segments that are kept behind the newest one, for processes that have not read them to the end. */
  segmentsKept: 1,
  /** Versions of one entity that are remembered although no running transaction can ask for them. */
  versionsKept: 8,
  /** Attempts of one transaction, and the pauses between them (full jitter below a ceiling that doubles). */
  retries: 20,
  backoffFirstMs: 1,
  backoffLongestMs: 200,
  /** How long to wait for the store's lock. */
  lockTimeoutMs: 30_000,
  lockPauseFirstMs: 2,
  lockPauseLongestMs: 6,
  /** For how long nobody looks whether a lock that was just taken has been broken: a process that was stopped takes longer. */
  lockFreshMs: 1,
  /** How long to wait for git's index.lock before the files are left to be written later. */
  indexLockTimeoutMs: 5_000,
  indexLockPauseMs: 5,
  /** How long a transaction that met a conflict waits for its turn before it tries again without one. */
  turnTimeoutMs: 10_000,
  /** For how long this process remembers that an entity is contended, and so takes turns at once. */
  contendedMs: 2_000,
  /** Files for which transactions take turns together: entities are dealt out over this many. */
  turns: 16,
  /** A sync shorter than this is waited for at once rather than in another thread. */
  quickSyncMs: 2,
  /** For how long a lock that somebody else wanted counts as wanted. */
  lockContendedMs: 50,
  /** How soon `lazy` records reach the disk and then the files. */
  lazySyncMs: 20,
  /** Times that a read looks again because somebody changed the entity meanwhile. */
  readAttempts: 100,
  /** Contention: entities counted before they are written down and of one transaction, fields of one entity, */
  contentionRefs: 200,
  contentionFields: 32,
  /** aborted transactions written at once, entities and conflicts named of each of them, */
  contentionBatch: 64,
  contentionNamed: 8,
  /** how long what is counted may wait to be written, and from how many attempts on a share of them means something. */
  contentionFlushMs: 5_000,
  contentionLeastAttempts: 10,
  /** Entities of one listing. */
  listed: 1_000_000,
} as const;
