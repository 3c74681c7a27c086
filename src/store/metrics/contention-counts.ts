/** What is counted of one entity, or of the listings of one type (`task:*`). `attempts` = `commits` + `conflicts` + `abandoned`. */
export const entityCounters = [
  /** Transactions, each try for itself, that wrote it, or read it and wrote something. */
  "attempts",
  "commits",
  /** Tries that failed because it had changed. */
  "conflicts",
  /** Tries that ended without it being to blame: for another entity's sake, rolled back, failed. */
  "abandoned",
  /** Conflicts that were settled within the transaction (`onConflict: "merge"`, `resolve`), so that no try failed. */
  "settled",
  /** Of `conflicts`: it was only read, or listed. */
  "readConflicts",
  /** Of `conflicts`: it was written, and the others had changed different fields. */
  "apartConflicts",
  /** Tries that followed on a conflict over it. */
  "retries",
  /** How often a transaction stood in the queue for it, and for how long altogether. */
  "waits",
  "waitMs",
] as const;
type EntityCounter = (typeof entityCounters)[number];

export const fieldCounters = [
  /** Tries that would have changed the field. */
  "attempts",
  /** Conflicts in which others had changed it. */
  "conflicts",
  /** Of those: this transaction wanted to change it too. */
  "clashes",
] as const;
type FieldCounter = (typeof fieldCounters)[number];

/** What the values of a field look like that transactions clashed over: it decides which merge rule can join them. */
export const valueShapes = ["number", "list", "records", "text", "other"] as const;
export type ValueShape = (typeof valueShapes)[number];

export interface FieldContention extends Readonly<Record<FieldCounter, number>> {
  readonly field: string;
  /** Of the value last clashed over; absent where none was seen. */
  readonly shape?: ValueShape;
}

/** How contended one entity was. */
export interface EntityContention extends Readonly<Record<EntityCounter, number>> {
  readonly ref: string;
  readonly longestWaitMs: number;
  /** Most clashes first. */
  readonly fields: readonly FieldContention[];
}

export type FieldCounts = Record<FieldCounter, number> & { shape?: ValueShape };
export type EntityCounts = Record<EntityCounter, number> & {
  longestWaitMs: number;
  readonly fields: Map<string, FieldCounts>;
};

export function newEntityCounts(): EntityCounts {
  return {
    attempts: 0,
    commits: 0,
    conflicts: 0,
    abandoned: 0,
    settled: 0,
    readConflicts: 0,
    apartConflicts: 0,
    retries: 0,
    waits: 0,
    waitMs: 0,
    longestWaitMs: 0,
    fields: new Map(),
  };
}

/** The counts of a field, made where there are none; undefined when the entity has `most` already. */
export function fieldCounts(counts: EntityCounts, field: string, most: number): FieldCounts | undefined {
  const found = counts.fields.get(field);
  if (found !== undefined || counts.fields.size >= most) return found;
  const made = { attempts: 0, conflicts: 0, clashes: 0 };
  counts.fields.set(field, made);
  return made;
}
