import type { Entity } from "../../model/entity.ts";
import { statusOf } from "./task-fields.ts";

/** Something that has to be closed first. */
export interface Blocker {
  readonly ref: string;
  /** Its status; null when it does not exist in this work tree. */
  readonly status: string | null;
}

/** Statuses of other types that end what was open. */
const settled: ReadonlySet<string> = new Set(["closed", "accepted", "rejected", "superseded"]);

/**
 * Tells what keeps a task from being worked on: whatever it `depends_on` (edge or field) that is not closed, or not there, and
 * whatever is open and `blocks` it. Only what this work tree has counts: work that is not merged here can't be built on here.
 */
export function createBlockers(
  edges: readonly Entity[],
  find: (ref: string) => Entity | null | undefined,
): (task: Entity) => readonly Blocker[] {
  const dependsOn = new Map<string, Set<string>>();
  const blockedBy = new Map<string, Set<string>>();
  for (const { from, kind, to } of edges) {
    if (typeof from !== "string" || typeof to !== "string") continue;
    if (kind === "depends_on") addTo(dependsOn, from, to);
    else if (kind === "blocks") addTo(blockedBy, to, from);
  }
  return (task) => {
    const ref = `${task.type}:${task.id}`;
    const blockers = new Map<string, Blocker>();
    for (const other of [...(dependsOn.get(ref) ?? []), ...fieldDependencies(task)]) {
      const entity = find(other);
      if (!isSettled(entity)) blockers.set(other, { ref: other, status: entity ? statusOf(entity) : null });
    }
    for (const other of blockedBy.get(ref) ?? []) {
      const entity = find(other);
      if (entity && !isSettled(entity)) blockers.set(other, { ref: other, status: statusOf(entity) });
    }
    return [...blockers.values()].sort((a, b) => (a.ref < b.ref ? -1 : 1));
  };
}

/** Whether an edge can keep a task waiting. */
export function isBlockingEdge({ kind }: Entity): boolean {
  return kind === "depends_on" || kind === "blocks";
}

/** What a task's own field `depends_on` names; an id without a type is a task's. */
function fieldDependencies(task: Entity): readonly string[] {
  const field = task["depends_on"];
  if (!Array.isArray(field)) return [];
  return field.flatMap((one) =>
    typeof one !== "string" || one === "" ? [] : [one.includes(":") ? one : `task:${one}`],
  );
}

function isSettled(entity: Entity | null | undefined): boolean {
  if (entity === null || entity === undefined) return false;
  return entity.type === "task" ? statusOf(entity) === "closed" : settled.has(statusOf(entity));
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key) ?? new Set();
  map.set(key, set.add(value));
}
