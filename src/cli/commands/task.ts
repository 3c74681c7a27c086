import { anyCommand, type GroupEntry } from "../command.ts";
import { claimCommand } from "./task/claim.ts";
import { closeCommand } from "./task/close.ts";
import { createCommand } from "./task/create.ts";
import { listCommand } from "./task/list.ts";
import { readyCommand } from "./task/ready.ts";
import { releaseCommand } from "./task/release.ts";
import { reopenCommand } from "./task/reopen.ts";
import { showCommand } from "./task/show.ts";

export const entries: readonly GroupEntry[] = [
  { usage: "create <title>", summary: "Make a task", command: anyCommand(createCommand) },
  {
    usage: "ready",
    summary: "List what can be worked on now, most urgent first",
    command: anyCommand(readyCommand),
  },
  {
    usage: "claim [id]",
    summary: "Take a task, or with --next the first ready one, for this agent alone",
    command: anyCommand(claimCommand),
  },
  { usage: "close <id>", summary: "Close a task and end its claim", command: anyCommand(closeCommand) },
  { usage: "release <id>", summary: "Give a claimed task back", command: anyCommand(releaseCommand) },
  { usage: "reopen <id>", summary: "Open a closed task again", command: anyCommand(reopenCommand) },
  {
    usage: "show <id>",
    summary: "Show a task, who has it and what it waits for",
    command: anyCommand(showCommand),
  },
  { usage: "list", summary: "List tasks", command: anyCommand(listCommand) },
];
