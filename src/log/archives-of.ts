import { limits } from "../base/limits.ts";
import type { LogEvent } from "../model/event.ts";
import type { ArchiveContent, SessionMark } from "./archive.ts";
import type { LogInput } from "./log-input.ts";
import { EventReader } from "./read-events.ts";

/**
 * The events of some logs as archives of a bounded size, in total order, each id once. Of two lines with one id the later is
 * dropped: the earlier one counts wherever both are known.
 */
export function* archivesOf(inputs: readonly LogInput[]): Generator<ArchiveContent> {
  const reader = new EventReader(inputs, { onProblem: () => {} });
  try {
    let lines: Buffer[] = [];
    let events: LogEvent[] = [];
    let bytes = 0;
    for (let event = reader.next(); event !== null; event = reader.next()) {
      const line = Buffer.from(reader.text(), "utf8");
      if (bytes > 0 && bytes + line.length > limits.eventArchiveBytes) {
        yield contentOf(lines, events);
        lines = [];
        events = [];
        bytes = 0;
      }
      lines.push(line);
      events.push(event);
      bytes += line.length;
    }
    if (lines.length > 0) yield contentOf(lines, events);
  } finally {
    reader.close();
  }
}

function contentOf(lines: readonly Buffer[], events: readonly LogEvent[]): ArchiveContent {
  const sessions = new Map<string, SessionMark>();
  for (const { session, ts, id } of events) {
    sessions.set(session, { events: (sessions.get(session)?.events ?? 0) + 1, ts, id });
  }
  return {
    lines,
    from: events[0]?.ts ?? "",
    to: events.at(-1)?.ts ?? "",
    // Not as properties of an object in the making: a session may be called __proto__.
    sessions: Object.fromEntries(sessions),
  };
}
