/** Every bound of locking, by name. */
export const lockLimits = {
  /** Bytes of an encoded resource name: what every file system takes as one name, less our suffixes. */
  resourceBytes: 240,
  /** Bytes of one value in a holder's record. */
  recordValueBytes: 200,
  /** Bytes of a record file that are read. */
  recordBytes: 4_096,
  /** Resources of one call, parents included. */
  resourcesAtOnce: 1_000,
  /** Old epochs left standing for slow readers. */
  epochsKept: 16,
  /** Wait when the caller names none. */
  defaultTimeoutMs: 30_000,
  /** Lease on a server when the caller names none. */
  defaultLeaseMs: 30_000,
  /** First and longest pause between two tries. */
  backoffFirstMs: 1,
  backoffLongestMs: 40,
  /** How long past its deadline a wait goes on that only ever met collisions, so that it can name a holder. */
  collisionGraceMs: 50,
  /** How often a waiter in a queue looks by itself, in case that it is not told of a change. */
  queueLookMs: 200,
  /** A waiter that holds something leaves word after this long, and looks for cycles as often. */
  deadlockCheckMs: 100,
  /** How long a wait is known on a server without being renewed. */
  waitLifeMs: 3_000,
  /** How often one question is put to a server that does not answer. */
  serverTries: 4,
  /** Attempts of `coordinate()` without the lock, and as many more under it. */
  optimisticTries: 8,
  /** Tokens that are set aside durably at once: after a crash of the server, tokens go on above them. */
  tokensReserved: 1_000,
  /** How long one question to a server may take. */
  serverAnswerMs: 10_000,
  /** How often a holder looks whether it was broken. */
  lossCheckMs: 500,
  /** A lease observed from outside counts as over after this many times its length without a sign of life. */
  foreignLeaseMargin: 3,
  /** The shortest lease that may be asked for. */
  leaseMinMs: 1_000,
  /** In a queue: a lock seen free for this long may be taken although somebody stands before us. */
  queuePatienceMs: 250,
  /** Resources whose contention one process remembers. */
  resourcesMeasured: 10_000,
  /** A wait or a hold longer than this is reported. */
  slowWaitMs: 1_000,
  longHoldMs: 60_000,
  /** The log of contention: bytes of one day's file, days that are kept, samples written at once. */
  contentionDayBytes: 4 * 1024 * 1024,
  contentionDays: 7,
  contentionBatch: 64,
} as const;
