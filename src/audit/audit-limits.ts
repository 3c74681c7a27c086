/** Bounds of looking at merges again. */
export const auditLimits = {
  /** Bytes of one version of a file; larger ones are named, not read. */
  fileBytes: 64 * 1024 * 1024,
  /** Bytes of one `.gitattributes` of a commit. */
  attributeFileBytes: 1024 * 1024,
  /** How deep merge bases are merged with each other before a merge counts as one that can't be told. */
  baseDepth: 8,
  /** Merges that are looked at at once. */
  parallelMerges: 4,
  /** Losses that one run lists before it only counts them. */
  losses: 10_000,
} as const;
