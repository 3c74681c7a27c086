/** Every bound in got-hooks, by name: no wait, file, queue or loop without one. */
export const limits = {
  /** Nesting of one JSON document; deeper documents are merged as text. Half of what V8's default stack has room for. */
  jsonDepth: 500,
  /** Bytes of one JSON document that is merged by meaning; larger ones are merged as text. */
  jsonBytes: 64 * 1024 * 1024,
  /** Values in one JSON document, some 15 MB of pretty JSON; ones with more are merged as text. Three versions take up to 1 GB. */
  jsonValues: 500_000,
  /** Bytes of one version of a table (JSONL of records by id); larger ones are merged as text. */
  tableBytes: 256 * 1024 * 1024,
  /** Pairs of equal elements or lines that a text or array merge may weigh; beyond, the most frequent ones anchor nothing. */
  diffCandidates: 5_000_000,
  /** Digits that a sum of numbers may have. */
  numberDigits: 2_000,
  /** Bytes of one version of a log behind what all three versions begin with; what lies before is never held in memory. */
  logTailBytes: 1024 * 1024 * 1024,
  /** Bytes of a log from which on the kernel copies it into the result; smaller ones are not worth another open file. */
  copiedBaseBytes: 8 * 1024 * 1024,
  /** Bytes that a snapshot may decompress to. */
  snapshotBytes: 256 * 1024 * 1024,
  /** Bytes of `.got/config.json`. */
  configBytes: 1024 * 1024,
  /** Stars in one part of a path pattern, and `**` parts in one: git's time for a long path grows with its length to that power. */
  patternStars: 3,
  /** Patterns of critical resources in `.got/config.json`. */
  criticalPatterns: 200,
  /** Entries and bytes the merge memo may hold before the oldest are removed. */
  memoEntries: 20_000,
  memoBytes: 256 * 1024 * 1024,
  /** Bytes of one result in the merge memo; larger ones are merged again. */
  memoEntryBytes: 8 * 1024 * 1024,
  /** How long the memo remembers the misses of one git process, and half-removed entries. */
  memoMarkMs: 60 * 60 * 1000,
  /** What one driver call may work ahead: commits, files, folders, bytes of one file, bytes read in all, time. */
  prefillCommits: 1_000,
  prefillFiles: 20_000,
  prefillFolders: 1_000,
  prefillFileBytes: 4 * 1024 * 1024,
  prefillBytes: 128 * 1024 * 1024,
  prefillMs: 15_000,
  /** Bytes of one line of an event log; a longer one is neither written nor read. */
  eventLineBytes: 1024 * 1024,
  /** Bytes of one batch of events; `appendMany` writes larger ones in pieces. */
  eventBatchBytes: 256 * 1024,
  /** How often an append is done again because the file was replaced, or a torn line came before it. */
  eventAppendAttempts: 20,
  /** How long after one look at the log's folder the next one is due; git takes longer from writing a file to its end. */
  eventLookMs: 5,
  /** So many stamps taken without a pause, and as many are reserved for the next events. */
  eventStampsReserved: 64,
  /** Logs whose newest line is looked at before the first append, and how far ahead of our clock it may be: as in hooks/lib.sh. */
  eventSeenFiles: 500,
  eventSkewMs: 24 * 60 * 60 * 1000,
  /** Files of one log, archives included. */
  eventFiles: 100_000,
  /** Bytes of events in one archive, before compression: what a reader has to hold of each that it is in the middle of. */
  eventArchiveBytes: 8 * 1024 * 1024,
  /** Bytes of small log files that a reader holds in memory rather than open, and what small means. */
  eventHeldBytes: 64 * 1024 * 1024,
  eventHeldFileBytes: 256 * 1024,
  /** Newest entries of a reflog that `sync` reads, rebases that it works out, and commits of one of them. */
  reflogEntries: 500_000,
  syncRebases: 1_000,
  rebasedCommits: 10_000,
  /** Length of an agent's or session's name. */
  nameLength: 100,
  /** Bytes of `git` output that one call may buffer. */
  gitOutputBytes: 512 * 1024 * 1024,
} as const;
