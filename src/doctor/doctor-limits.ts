/** Every bound of an examination, by name. */
export const doctorLimits = {
  /** Names that one finding lists before it says "and N more". */
  namesShown: 5,
  /** Paths of one worktree for which git is asked which driver it takes. */
  attributePaths: 2_000,
  /** How long a program that is tried may take, in milliseconds. */
  trialMs: 10_000,
} as const;
