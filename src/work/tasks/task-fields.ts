import { complaintAboutRef } from "../../model/entity-ref.ts";
import type { Entity } from "../../model/entity.ts";
import { GotError } from "../../base/errors.ts";

/** Priority of a task that names none; smaller is more urgent. */
export const defaultPriority = 2;

/** A task's status; one that names none is pending. */
export function statusOf(task: Entity): string {
  return textField(task, "status") ?? "pending";
}

/** A field that is a text and not empty; else null. */
export function textField(task: Entity, field: string): string | null {
  const value = task[field];
  return typeof value === "string" && value !== "" ? value : null;
}

/** A number, or `P1` as many trackers write it. */
export function priorityOf(task: Entity): number {
  return parsePriority(task["priority"]) ?? defaultPriority;
}

/** @returns undefined for what is no priority. */
export function parsePriority(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const digits = typeof value === "string" ? /^[Pp]?(\d{1,3})$/.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** The order in which tasks are taken: by priority, then the oldest, then by id. */
export function compareTasks(a: Entity, b: Entity): number {
  return (
    priorityOf(a) - priorityOf(b) ||
    compareTexts(a.created_at ?? "", b.created_at ?? "") ||
    compareTexts(a.id, b.id)
  );
}

/** The id that a person means by `T-1` or `task:T-1`. @throws GotError USAGE for what can be no id. */
export function requireTaskId(text: string): string {
  const id = text.startsWith("task:") ? text.slice("task:".length) : text;
  const reason = complaintAboutRef({ type: "task", id });
  if (reason === null) return id;
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  throw new GotError("USAGE", `${shown} is no task's id: ${reason}`, {
    facts: { id: shown, reason },
    hint: "got-hooks task list shows the ids.",
  });
}

export function taskRef(id: string): string {
  return `task:${id}`;
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
