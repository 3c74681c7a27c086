import type { Entity } from "../model/entity.ts";
import type { StoreEvent } from "./wal-record.ts";

/** Characters of the new values that an event may carry: a line of the log has a limit. */
const fieldCharacters = 400_000;

/** The event that tells of one entity's change. Its id is made of the transaction's, so that it can be appended twice. */
export function entityEvent(change: {
  readonly ref: string;
  readonly tx: string;
  readonly by: string;
  readonly before: Entity | null;
  readonly after: Entity | null;
  /** Names of the members that changed. */
  readonly fields: readonly string[];
  readonly number: number;
}): StoreEvent {
  const { ref, before, after } = change;
  const fields = Object.fromEntries(change.fields.map((field) => [field, after?.[field] ?? null]));
  return {
    id: `entity:${change.tx}:${change.number}`,
    event: after === null ? "entity.deleted" : before === null ? "entity.created" : "entity.updated",
    ref,
    version: (after ?? before)?.version ?? 0,
    fields: JSON.stringify(fields).length > fieldCharacters ? null : fields,
    by: change.by,
    tx: change.tx,
  };
}
