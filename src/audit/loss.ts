/** One thing that a merge lost, or left broken, in one file. */
export interface Loss {
  readonly kind: LossKind;
  /** Record, line or field; empty where the file as a whole is meant. */
  readonly at: string;
  /** Whose work it was: numbers of parents, from 1. Empty for what the merge itself broke. */
  readonly parents: readonly number[];
  /** JSON text or lines, null where a version has none. */
  readonly base: string | null;
  readonly expected: string | null;
  readonly found: string | null;
}

export type LossKind =
  /** A file that one side added, or that nobody removed, is gone; `found` is null, `expected` says how many records it had. */
  | "file-lost"
  /** The same for a record of a table, or a whole entity. */
  | "record-lost"
  /** The same for a line of a log. */
  | "line-lost"
  /** The same for a field or an element of a list. */
  | "value-lost"
  /** What only one side changed, or both did, is as it was before. */
  | "edit-undone"
  /** What only one side changed is neither as it was nor as that side has it. */
  | "edit-replaced"
  /** What one side removed and no other changed is there again. */
  | "removal-undone"
  /** An id that every version has once at most stands several times. */
  | "duplicate-id"
  /** Conflict markers, invalid JSON, a wrong checksum, an entity in another one's file. */
  | "broken-data";
