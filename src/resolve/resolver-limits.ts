/** Bounds of resolving and of a resolver, by name. */
export const resolverLimits = {
  /** How long a `got-hooks resolve` waits for another one in the same worktree. */
  turnWaitMs: 5_000,
  /** How long it may work on one file unless `got.resolverTimeout` says otherwise, and what that may say at most. */
  timeoutMs: 5 * 60 * 1000,
  timeoutMaxMs: 60 * 60 * 1000,
  /** Bytes of a file that it is given, and that it may make of it. */
  fileBytes: 16 * 1024 * 1024,
  /** Bytes of what it prints that are kept. */
  outputBytes: 4_000,
} as const;
