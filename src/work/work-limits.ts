/** Every bound of the working sets, by name. */
export const workLimits = {
  /** Characters of a short id behind its prefix: the fewest, and the most it may grow to. */
  idCharacters: 4,
  idCharactersMost: 16,
  /** How probable it may be that any two of the known ids and as many unknown ones would be alike, had nobody looked. */
  idCollisionProbability: 0.001,
  /** Ids that are tried before giving up; every one of them taken means that something else is wrong. */
  idAttempts: 100,
} as const;
