/** Bounds of reading a repository's objects and history. */
export const objectLimits = {
  /** How often `git cat-file` is started again after it ended over an object that a partial clone lacks. */
  readerRestarts: 1_000,
  /** Bytes of one tree or commit, and entries of all trees that are kept in memory. */
  treeBytes: 64 * 1024 * 1024,
  treeEntries: 500_000,
  /** How far a merge base is looked for without git: branches are rarely longer, and git is quick. */
  linearSteps: 32,
  /** Merge bases of one merge. */
  mergeBases: 16,
} as const;
