import { anyCommand, type GroupEntry } from "../command.ts";
import { appendCommand } from "./event/append.ts";
import { compactCommand } from "./event/compact.ts";
import { logCommand } from "./event/log.ts";

export const entries: readonly GroupEntry[] = [
  {
    usage: "append <event>",
    summary: "Append an event to this session's log",
    command: anyCommand(appendCommand),
  },
  { usage: "log", summary: "List events in their order, the newest last", command: anyCommand(logCommand) },
  {
    usage: "compact",
    summary: "Move the events of old logs into archives",
    command: anyCommand(compactCommand),
  },
];
