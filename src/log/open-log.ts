import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { complaintAboutAgent, complaintAboutSession, eventMembers, type LogEvent } from "../model/event.ts";
import { openHybridClock } from "./hybrid-clock.ts";
import { listInputs, refuseLink } from "./list-inputs.ts";
import type { Log, NewEvent, OpenLogOptions, ReadOptions } from "./log.ts";
import { newestStamp } from "./newest-stamp.ts";
import { readEvents } from "./read-events.ts";
import { replay, takeSnapshot } from "./replay.ts";
import { watchLog } from "./watch.ts";
import { compact } from "./compact.ts";
import { openSessionFile } from "./session-file.ts";

/**
 * Opens the event log of a work tree. Nothing is written before the first append.
 *
 * - `append` needs no lock: any number of processes may write, also to one session's file; none waits for another.
 * - What was appended is in the file when the call returns; a crash of the process after that loses nothing.
 * - Stamps are later than every stamp in the log and in `<commonDir>/got/clock`, whatever the wall clock says.
 *
 * @throws GotError USAGE for names that can't be a session's or an agent's.
 * @example
 * const log = openLog({ workTree, commonDir, session: "20261121-030405-1a2b3c4d", agent: "ada", now: Date.now, randomHex });
 * log.append({ event: "task.claimed", task: "T-1" });
 * for await (const event of log.read()) console.log(event.ts, event.event);
 */
export function openLog(options: OpenLogOptions): Log {
  refuse("session", options.session, complaintAboutSession(options.session));
  refuse("agent", options.agent, complaintAboutAgent(options.agent));
  const { workTree, commonDir, session } = options;
  const directory = path.join(workTree, ".got", "events");
  const clock = openHybridClock(commonDir, options.now);
  const file = openSessionFile(path.join(directory, `${session}.jsonl`), {
    sync: options.durability === "balanced",
  });
  const onProblem = options.onProblem ?? ((): void => {});
  const place = { workTree, commonDir, now: options.now, onProblem };
  let seenMs: number | null = null;

  /** git has put other files into the folder since we looked: their stamps count. */
  const lookAround = (): void => {
    const found = statSync(directory, { throwIfNoEntry: false });
    if (found === undefined) makeDirectory(directory);
    else if (seenMs === found.mtimeMs) return;
    refuseLink(path.dirname(directory));
    refuseLink(directory);
    seenMs = statSync(directory).mtimeMs;
    clock.see(newestStamp(workTree, options.now()));
  };

  const appendMany: Log["appendMany"] = (events) => {
    if (events.length === 0) return [];
    const payloads = events.map((event) => payloadOf(event));
    lookAround();
    const firstMs = clock.take(events.length);
    const written: LogEvent[] = [];
    const lines = payloads.map(({ id, event, payload }, index) => {
      const stampMs = firstMs + index;
      const head = {
        id: id ?? `${event}:${session}:${stampMs}-${options.randomHex()}`,
        ts: new Date(stampMs).toISOString(),
        session,
        agent: options.agent,
        event,
        ...(options.worktree === undefined ? {} : { worktree: options.worktree }),
      };
      const line = Buffer.from(`${joined(head, payload)}\n`);
      checkSize(line, event);
      written.push({ ...head, ...events[index], ...head });
      return line;
    });
    for (const batch of inBatches(lines)) file.append(batch);
    return written;
  };

  const read = async function* (wanted: ReadOptions = {}): AsyncGenerator<LogEvent, void, void> {
    yield* readEvents(listInputs(workTree, onProblem), { ...wanted, onProblem });
  };

  return {
    append: (event) => {
      const [written] = appendMany([event]);
      if (written === undefined) throw new GotError("INTERNAL", "An append returned nothing");
      return written;
    },
    appendMany,
    read,
    replay: (reducer, wanted) => replay(place, reducer, wanted?.until),
    snapshot: (reducer) => takeSnapshot(place, reducer),
    watch: (signal) => watchLog(workTree, { signal, onProblem }),
    compact: (wanted) => compact({ ...wanted, workTree, now: options.now }),
    close: () => {
      file.close();
      clock.close();
    },
  };
}

/** Members that a payload can't have: they would stand in the line twice. */
const reservedMembers = [...eventMembers, "worktree"];

interface Payload {
  readonly id: string | undefined;
  readonly event: string;
  /** Members as JSON, in braces. */
  readonly payload: string;
}

function payloadOf(given: NewEvent): Payload {
  const { id, event, ...payload } = given;
  if (
    typeof event !== "string" ||
    event === "" ||
    event.length > limits.nameLength ||
    /\p{Cc}/u.test(event)
  ) {
    throw usage(`An event needs a name of 1 to ${limits.nameLength} characters`, { event });
  }
  if (id === "") throw usage(`The id of the event ${event} is empty`, { event });
  const taken = reservedMembers.find((member) => Object.hasOwn(payload, member));
  if (taken !== undefined) {
    throw usage(`The event ${event} has a member ${taken}, which the log itself fills in`, {
      event,
      member: taken,
    });
  }
  try {
    return { id, event, payload: JSON.stringify(payload) };
  } catch (cause) {
    throw new GotError("USAGE", `The event ${event} can't be written as JSON`, { facts: { event }, cause });
  }
}

/** Joins lines into pieces that are written at once. */
function* inBatches(lines: readonly Buffer[]): Generator<Buffer> {
  let batch: Buffer[] = [];
  let batchBytes = 0;
  for (const line of lines) {
    if (batchBytes > 0 && batchBytes + line.length > limits.eventBatchBytes) {
      yield Buffer.concat(batch);
      batch = [];
      batchBytes = 0;
    }
    batch.push(line);
    batchBytes += line.length;
  }
  if (batchBytes > 0) yield Buffer.concat(batch);
}

/** Two objects as one; text, so that the head's members stand first whatever the payload's are called. */
function joined(head: object, payload: string): string {
  return payload === "{}" ? JSON.stringify(head) : `${JSON.stringify(head).slice(0, -1)},${payload.slice(1)}`;
}

function checkSize(line: Uint8Array, event: string): void {
  if (line.length <= limits.eventLineBytes) return;
  throw new GotError(
    "LIMIT_EXCEEDED",
    `The event ${event} has ${line.length} bytes; an event may have ${limits.eventLineBytes}`,
    {
      facts: { event, sizeBytes: line.length, limitBytes: limits.eventLineBytes },
      hint: "Put large data into a file or an entity and name it in the event.",
    },
  );
}

function refuse(what: string, name: string, complaint: string | null): void {
  if (complaint === null) return;
  throw usage(
    `${JSON.stringify(name)} can't be the name of ${what === "agent" ? "an" : "a"} ${what}: ${complaint}`,
    {
      [what]: name,
    },
  );
}

function usage(message: string, facts: Record<string, string>): GotError {
  return new GotError("USAGE", message, { facts });
}

function makeDirectory(directory: string): void {
  refuseLink(path.dirname(directory));
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new GotError("WRITE_FAILED", `Could not make ${directory}`, { facts: { directory }, cause });
  }
}
