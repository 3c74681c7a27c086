import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { eventMembers, type LogEvent } from "../model/event.ts";
import type { NewEvent } from "./log.ts";

/** Who writes. */
export interface Writer {
  /** What the lines say of session and agent, as JSON without braces; see `sourceText`. */
  readonly source: string;
  readonly stampText: (stampMs: number) => string;
  readonly session: string;
  readonly agent: string;
  readonly worktree: string | undefined;
  readonly randomHex: () => string;
}

/** An event that may be written, before it has a stamp. */
export interface CheckedEvent {
  readonly id: string | undefined;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The payload as JSON, in braces. */
  readonly text: string;
}

/** Members that a payload can't have: they would stand in the line twice. */
const reservedMembers = [...eventMembers, "worktree"].filter(
  (member) => member !== "id" && member !== "event",
);

/** Checks what a caller wants to append. @throws GotError USAGE that names the event and the member. */
export function checkEvent(given: NewEvent): CheckedEvent {
  const { id, event, ...payload } = given;
  if (!isName(event)) {
    throw usage(`An event needs a name of 1 to ${limits.nameLength} characters`, { event });
  }
  if (id === "") throw usage(`The id of the event ${event} is empty`, { event });
  for (const member of reservedMembers) {
    if (!Object.hasOwn(payload, member)) continue;
    throw usage(`The event ${event} has a member ${member}, which the log itself fills in`, {
      event,
      member,
    });
  }
  try {
    return { id, name: event, payload, text: JSON.stringify(payload) };
  } catch (cause) {
    throw new GotError("USAGE", `The event ${event} can't be written as JSON`, { facts: { event }, cause });
  }
}

/**
 * Gives an event its stamp and makes its line, the newline included: our own members first, whatever the payload's are called.
 *
 * @throws GotError LIMIT_EXCEEDED for a line longer than `limits.eventLineBytes`.
 */
export function composeEvent(
  writer: Writer,
  checked: CheckedEvent,
  stampMs: number,
): { readonly event: LogEvent; readonly line: Buffer } {
  const { session, agent, worktree } = writer;
  const { name, payload } = checked;
  const id = checked.id ?? `${name}:${session}:${stampMs}-${writer.randomHex()}`;
  const ts = writer.stampText(stampMs);
  // One spread: this runs for each event, and spreads cost more than all the rest.
  const event: LogEvent =
    worktree === undefined
      ? { id, ts, session, agent, event: name, ...payload }
      : { id, ts, session, agent, event: name, worktree, ...payload };
  let text = `{"id":${JSON.stringify(id)},"ts":"${ts}",${writer.source},"event":${JSON.stringify(name)}`;
  if (worktree !== undefined) text += `,"worktree":${JSON.stringify(worktree)}`;
  const line = Buffer.from(checked.text === "{}" ? `${text}}\n` : `${text},${checked.text.slice(1)}\n`);
  if (line.length > limits.eventLineBytes) throw tooLong(name, line.length);
  return { event, line };
}

/** The members of each line that a writer never changes. */
export function sourceText({ session, agent }: Pick<Writer, "session" | "agent">): string {
  return `"session":${JSON.stringify(session)},"agent":${JSON.stringify(agent)}`;
}

/** Makes stamps' text as `toISOString` has it; what stands before the milliseconds is made once a second. */
export function createStampText(): (stampMs: number) => string {
  let madeFor = Number.NaN;
  let prefix = "";
  return (stampMs) => {
    const second = Math.floor(stampMs / 1000);
    if (second !== madeFor) prefix = new Date(stampMs).toISOString().slice(0, -"000Z".length);
    madeFor = second;
    return `${prefix}${String(stampMs - second * 1000).padStart(3, "0")}Z`;
  };
}

function isName(event: unknown): boolean {
  return (
    typeof event === "string" && event !== "" && event.length <= limits.nameLength && !control.test(event)
  );
}

const control = /\p{Cc}/u;

function tooLong(event: string, sizeBytes: number): GotError {
  return new GotError(
    "LIMIT_EXCEEDED",
    `The event ${event} has ${sizeBytes} bytes; an event may have ${limits.eventLineBytes}`,
    {
      facts: { event, sizeBytes, limitBytes: limits.eventLineBytes },
      hint: "Put large data into a file or an entity and name it in the event.",
    },
  );
}

function usage(message: string, facts: Record<string, string>): GotError {
  return new GotError("USAGE", message, { facts });
}
