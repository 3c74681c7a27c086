/** Every bound of an examination, by name. */
export const doctorLimits = {
  /** Names that one finding lists before it says "and N more". */
  namesShown: 5,
  /** Paths of one worktree for which git is asked which driver it takes. */
  attributePaths: 2_000,
  /** How long a program that is tried may take, in milliseconds. */
  trialMs: 10_000,
  /** How long one git of a live proof may take, with all hooks of the repository, in milliseconds. */
  liveMs: 5 * 60_000,
  /** A lock of git's that is younger than this, in milliseconds, is left alone whoever seems to hold it. */
  quietLockMs: 60_000,
  /** Files of an index, its first, of which one shows that somebody works there. */
  indexFiles: 2_000,
  /** Files below `refs` that are looked at for being locks. */
  refFiles: 50_000,
  /** A stash of lint-staged that is younger than this, in milliseconds, may be in use. */
  quietStashMs: 15 * 60_000,
  /** How long `--fix` waits for another one, in milliseconds. */
  fixWaitMs: 60_000,
  /** Files with problems of one worktree, and of the log, that are named one by one. */
  filesShown: 20,
  /** Events of one worktree that may wait for a commit, and for how long. */
  waitingEvents: 1_000,
  waitingDays: 7,
  /** Commits of events, the newest, that git is asked about. */
  eventCommits: 100_000,
} as const;
