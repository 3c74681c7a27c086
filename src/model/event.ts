import { limits } from "../base/limits.ts";
import { isNestedTooDeep } from "./json/nesting.ts";

/**
 * One event: what happened, when, who. Everything else is the event's own payload. Immutable once written.
 * The total order of events is `(ts, id)`; of several events with one id the first in that order counts.
 */
export interface LogEvent {
  readonly id: string;
  /** ISO-8601 in UTC with milliseconds, 24 characters: `2026-11-21T03:04:05.678Z`. */
  readonly ts: string;
  readonly session: string;
  readonly agent: string;
  /** What happened: `git.commit`, `entity.updated`. */
  readonly event: string;
  readonly [member: string]: unknown;
}

export type ParsedEvent =
  | { readonly kind: "event"; readonly event: LogEvent }
  /** What compaction left in a session's log: see {@link markLine}. */
  | { readonly kind: "mark" }
  | { readonly kind: "bad"; readonly reason: string };

/** Members that every event has; a payload can't set them. */
export const eventMembers = ["id", "ts", "session", "agent", "event"] as const;

const stampShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** 9999-12-31T23:59:59.999Z: later stamps have more characters. */
export const lastStampMs = 253_402_300_799_999;

/** Parses one line of a log. Never throws. */
export function parseEvent(line: string): ParsedEvent {
  if (isNestedTooDeep(line))
    return { kind: "bad", reason: `it is nested deeper than ${limits.jsonDepth} levels` };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "bad", reason: "it is not valid JSON (torn by a crash, or edited)" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { kind: "bad", reason: "it is not a JSON object" };
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object; its members are checked below
  const event = value as LogEvent;
  if (event.event === undefined && Object.hasOwn(event, "mark")) return { kind: "mark" };
  if (!hasMembers(event)) {
    const missing = eventMembers.find((member) => typeof event[member] !== "string" || event[member] === "");
    return { kind: "bad", reason: `it has no ${missing}` };
  }
  if (!isStamp(event.ts))
    return { kind: "bad", reason: `its ts ${JSON.stringify(event.ts)} is no time stamp` };
  return { kind: "event", event };
}

/**
 * Parses a line whose stamp has been checked already; for reading a million of them.
 *
 * @returns null for what is no event; {@link parseEvent} says why.
 */
export function parseOwnEvent(line: string): LogEvent | null {
  if (isNestedTooDeep(line)) return null;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the line begins with a brace; the members are checked
    const event = JSON.parse(line) as LogEvent;
    return hasMembers(event) ? event : null;
  } catch {
    return null;
  }
}

/** Written out rather than as a loop over `eventMembers`: three times as fast. */
function hasMembers({ id, ts, session, agent, event }: LogEvent): boolean {
  return isText(id) && isText(ts) && isText(session) && isText(agent) && isText(event);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Tells whether `text` is a time stamp in the one form that events have. */
export function isStamp(text: string): boolean {
  return stampShape.test(text) && !Number.isNaN(Date.parse(text));
}

/** The total order of events: negative when `left` comes first. */
export function compareEvents(left: Pick<LogEvent, "ts" | "id">, right: Pick<LogEvent, "ts" | "id">): number {
  if (left.ts !== right.ts) return left.ts < right.ts ? -1 : 1;
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}

/** Says what is wrong with a session's name, or null: it becomes a file name. As the hooks judge `GOT_SESSION`. */
export function complaintAboutSession(session: string): string | null {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(session)) {
    return "a session name is made of A-Z a-z 0-9 _ . - and starts with none of . and -";
  }
  if (session.length > limits.nameLength) return `it is longer than ${limits.nameLength} characters`;
  if (isFoldName(`${session}.jsonl`)) return "it ends like the name of a folded log, in a dot and 13 digits";
  return null;
}

/** Says what is wrong with an agent's name, or null. */
export function complaintAboutAgent(agent: string): string | null {
  if (agent === "") return "it is empty";
  if (/\p{Cc}/u.test(agent)) return "it has a control character";
  return agent.length > limits.nameLength ? `it is longer than ${limits.nameLength} characters` : null;
}

/** Tells a log that a hook has folded, `<session>.<ms>.jsonl`, never changed again, from a session's own log. */
export function isFoldName(name: string): boolean {
  return /\.\d{13,}\.jsonl$/.test(name);
}
