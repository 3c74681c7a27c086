/** Every bound in got-hooks, by name: no wait, file, queue or loop without one. */
export const limits = {
  /** Nesting of one JSON document; deeper documents are merged as text. */
  jsonDepth: 1_000,
  /** Bytes of one JSON document that is merged by meaning; larger ones are merged as text. */
  jsonBytes: 64 * 1024 * 1024,
  /** Bytes that a snapshot may decompress to. */
  snapshotBytes: 256 * 1024 * 1024,
  /** Bytes of `.got/config.json`. */
  configBytes: 1024 * 1024,
  /** Entries and bytes the merge memo may hold before the oldest are removed. */
  memoEntries: 20_000,
  memoBytes: 256 * 1024 * 1024,
  /** Length of an agent's or session's name. */
  nameLength: 100,
  /** Bytes of `git` output that one call may buffer. */
  gitOutputBytes: 512 * 1024 * 1024,
} as const;
