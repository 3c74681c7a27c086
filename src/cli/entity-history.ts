import type { Log } from "../log/log.ts";

/** One change of an entity as its event tells it. */
export interface EntityChange {
  readonly ts: string;
  readonly event: string;
  readonly by: string;
  readonly version: number;
  /** New values, removed ones as null; null where the event did not carry them. */
  readonly fields: Readonly<Record<string, unknown>> | null;
}

/** The changes of one entity in the order of the log. */
export async function readHistory(log: Log, ref: string): Promise<readonly EntityChange[]> {
  const changes: EntityChange[] = [];
  for await (const event of log.read()) {
    if (event["ref"] !== ref || !event.event.startsWith("entity.")) continue;
    const { version, fields, by } = event;
    changes.push({
      ts: event.ts,
      event: event.event,
      by: typeof by === "string" ? by : event.agent,
      version: typeof version === "number" ? version : 0,
      fields: typeof fields === "object" && fields !== null ? { ...fields } : null,
    });
  }
  return changes;
}

/** The fields that an entity had at a version; null when the log does not tell. */
export function fieldsAt(
  changes: readonly EntityChange[],
  version: number,
): Readonly<Record<string, unknown>> | null {
  const state: Record<string, unknown> = {};
  let reached = version === 0;
  let began = version === 0;
  for (const change of changes) {
    if (change.version > version) break;
    if (change.event === "entity.created") began = true;
    if (change.fields === null) return null;
    Object.assign(state, change.fields);
    reached ||= change.version === version;
  }
  return began && reached ? state : null;
}
