import { anyCommand, type GroupEntry } from "../command.ts";
import { appendCommand } from "./event/append.ts";
import { compactCommand } from "./event/compact.ts";
import { logCommand } from "./event/log.ts";
import { replayCommand } from "./event/replay.ts";
import { snapshotCommand } from "./event/snapshot.ts";

export const entries: readonly GroupEntry[] = [
  {
    usage: "append <event>",
    summary: "Append an event to this session's log",
    command: anyCommand(appendCommand),
  },
  { usage: "log", summary: "List events in their order, the newest last", command: anyCommand(logCommand) },
  {
    usage: "replay",
    summary: "Fold the events: now, at a time, at an event, at a commit",
    command: anyCommand(replayCommand),
  },
  {
    usage: "snapshot",
    summary: "Keep the state of now, so that the next replay is quick",
    command: anyCommand(snapshotCommand),
  },
  {
    usage: "compact",
    summary: "Move the events of old logs into archives",
    command: anyCommand(compactCommand),
  },
];
