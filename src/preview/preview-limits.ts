/** Bounds of a preview, by name. */
export const previewLimits = {
  /** Merges of one preview. */
  pairs: 20_000,
  /** Git processes that share them. */
  processes: 2,
} as const;
