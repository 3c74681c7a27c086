/** The three versions of a log, by number: arrays of three are indexed with it. */
export const fileNames = ["base", "ours", "theirs"] as const;
export type FileName = (typeof fileNames)[number];

/** One value per version. */
export interface PerFile<T> {
  readonly base: T;
  readonly ours: T;
  readonly theirs: T;
}

/** Makes one value per version. */
export function perFile<T>(make: (file: FileName) => T): PerFile<T> {
  return { base: make("base"), ours: make("ours"), theirs: make("theirs") };
}

/** The three-way merge of a yes or no: a side that left the base wins. */
export function mergeFlag(flags: PerFile<boolean>): boolean {
  return flags.ours === flags.theirs ? flags.ours : !flags.base;
}
