import { anyCommand, type GroupEntry } from "../command.ts";
import { breakCommand } from "./lock/break.ts";
import { listCommand } from "./lock/list.ts";
import { runCommand } from "./lock/run.ts";
import { watchCommand } from "./lock/watch.ts";

export const entries: readonly GroupEntry[] = [
  {
    usage: "run <resource..>",
    summary: "Run a command while holding locks: lock run <resource..> -- <command>",
    command: anyCommand(runCommand),
  },
  { usage: "list", summary: "List locks and their holders", command: anyCommand(listCommand) },
  {
    usage: "watch",
    summary: "Print locks being taken and given back, as it happens",
    command: anyCommand(watchCommand),
  },
  {
    usage: "break <resource>",
    summary: "Take a lock away from its holder, who is fenced off",
    command: anyCommand(breakCommand),
  },
];
