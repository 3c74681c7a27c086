import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { complaintAboutAgent, complaintAboutSession, type LogEvent } from "../model/event.ts";
import { checkEvent, composeEvent, createStampText, sourceText, type Writer } from "./compose-event.ts";
import { openHybridClock } from "./hybrid-clock.ts";
import { listInputs, refuseLink } from "./list-inputs.ts";
import type { Log, OpenLogOptions, ReadOptions } from "./log.ts";
import { newestStamp } from "./newest-stamp.ts";
import { readEvents } from "./read-events.ts";
import type { Replayed } from "./reducer.ts";
import { replay, takeSnapshot } from "./replay.ts";
import { openLogSync } from "./sync-log.ts";
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
  let lookedMs = Number.NEGATIVE_INFINITY;

  /** git has put other files into the folder since we looked: their stamps count. */
  const lookAround = (): void => {
    const nowMs = options.now();
    if (nowMs >= lookedMs && nowMs < lookedMs + limits.eventLookMs) return;
    lookForLogs(nowMs);
    // Only now: what was refused is refused again.
    lookedMs = nowMs;
  };

  const lookForLogs = (nowMs: number): void => {
    const found = statSync(directory, { throwIfNoEntry: false });
    if (found === undefined) makeDirectory(directory);
    else if (seenMs === found.mtimeMs) return;
    refuseLink(path.dirname(directory));
    refuseLink(directory);
    seenMs = statSync(directory).mtimeMs;
    clock.see(newestStamp(workTree, nowMs));
  };

  /** Who has replayed has seen: what he appends next is later, also when a racing process has set the shared clock back. */
  const seen = <State>(replayed: Replayed<State>): Replayed<State> => {
    const newestMs = Date.parse(replayed.through?.ts ?? "");
    if (newestMs <= options.now() + limits.eventSkewMs) clock.see(newestMs);
    return replayed;
  };

  const writer: Writer = {
    session,
    agent: options.agent,
    source: sourceText({ session, agent: options.agent }),
    stampText: createStampText(),
    worktree: options.worktree,
    randomHex: options.randomHex,
  };

  const append: Log["append"] = (event) => {
    const checked = checkEvent(event);
    lookAround();
    const composed = composeEvent(writer, checked, clock.take(1));
    file.append(composed.line);
    return composed.event;
  };

  const appendMany: Log["appendMany"] = (events) => {
    if (events.length === 0) return [];
    const checked = events.map((event) => checkEvent(event));
    lookAround();
    const firstMs = clock.take(events.length);
    const composed = checked.map((event, index) => composeEvent(writer, event, firstMs + index));
    for (const batch of inBatches(composed.map(({ line }) => line))) file.append(batch);
    return composed.map(({ event }) => event);
  };

  const read = async function* (wanted: ReadOptions = {}): AsyncGenerator<LogEvent, void, void> {
    yield* readEvents(listInputs(workTree, onProblem), { ...wanted, onProblem });
  };

  return {
    append,
    appendMany,
    read,
    replay: (reducer, wanted) => seen(replay(place, reducer, wanted?.until)),
    snapshot: (reducer) => seen(takeSnapshot(place, reducer)),
    watch: (signal) => watchLog(workTree, { signal, onProblem }),
    compact: (wanted) => compact({ ...wanted, workTree, now: options.now }),
    sync: openLogSync(workTree),
    close: () => {
      file.close();
      clock.close();
    },
  };
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

function refuse(what: string, name: string, complaint: string | null): void {
  if (complaint === null) return;
  const article = what === "agent" ? "an" : "a";
  throw new GotError(
    "USAGE",
    `${JSON.stringify(name)} can't be the name of ${article} ${what}: ${complaint}`,
    {
      facts: { [what]: name },
    },
  );
}

function makeDirectory(directory: string): void {
  refuseLink(path.dirname(directory));
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new GotError("WRITE_FAILED", `Could not make ${directory}`, { facts: { directory }, cause });
  }
}
