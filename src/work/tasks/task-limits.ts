/** Every bound of tasks and their claims, by name. */
export const taskLimits = {
  /** Bytes of one record in the claims directory: what `closeDataBytes` and the names around it come to at most. */
  recordBytes: 128 * 1024,
  /** Bytes of a completion's data as JSON: commit ids and figures, not logs. */
  closeDataBytes: 64 * 1024,
  /** Characters of a reason, and of a title. */
  reasonLength: 2_000,
  titleLength: 500,
  /** Times that one command looks again because others changed the task meanwhile. */
  attempts: 100,
  /** Records of one task that are left standing behind the newest one. */
  recordsKept: 2,
  /** Tasks with records from which on those that say nothing new are forgotten, and so many at once. */
  recordedTasks: 2_000,
  forgottenAtOnce: 200,
  /** Beyond so many the oldest records without a holder go, whether or not every worktree knows what they say. */
  recordedTasksMost: 10_000,
  /** A record younger than this is never forgotten: longer than any process can have been looking at it. */
  forgottenAfterMs: 24 * 60 * 60 * 1000,
  /** Drafts of killed processes are removed after this long. */
  draftMs: 60 * 60 * 1000,
} as const;
