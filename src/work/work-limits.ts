/** Every bound of the working sets, by name. */
export const workLimits = {
  /** Characters of a short id behind its prefix: the fewest, and the most it may grow to. */
  idCharacters: 4,
  idCharactersMost: 16,
  /** How probable it may be that any two of the known ids and as many unknown ones would be alike, had nobody looked. */
  idCollisionProbability: 0.001,
  /** Ids that are tried before giving up; every one of them taken means that something else is wrong. */
  idAttempts: 100,
  /** Characters of a checklist item's id, and the fewest that are shown of it. */
  itemIdCharacters: 12,
  itemIdShown: 4,
  /** Characters of an item's text. */
  itemTextCharacters: 4_000,
  /** Items that one checklist may have when another is added, the removed ones aside. */
  checklistItems: 10_000,
  /** A state is kept for the next replay when so many events had to be read, and so great a part of all. */
  snapshotEvents: 5_000,
  snapshotPart: 0.1,
  /** Characters of a note's text, and of each text of a decision. */
  noteCharacters: 100_000,
  /** Characters of a decision's title. */
  titleCharacters: 300,
  /** Entities and commits that one note or decision may be linked to at once. */
  linksAtOnce: 1_000,
} as const;
