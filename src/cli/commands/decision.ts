import { anyCommand, type GroupEntry } from "../command.ts";
import { acceptCommand } from "./decision/accept.ts";
import { addCommand } from "./decision/add.ts";
import { listCommand } from "./decision/list.ts";
import { rejectCommand } from "./decision/reject.ts";
import { showCommand } from "./decision/show.ts";
import { supersedeCommand } from "./decision/supersede.ts";

export const entries: readonly GroupEntry[] = [
  { usage: "add <title>", summary: "Write a decision down", command: anyCommand(addCommand) },
  { usage: "list", summary: "List decisions", command: anyCommand(listCommand) },
  { usage: "show <id>", summary: "Show a decision and its links", command: anyCommand(showCommand) },
  { usage: "accept <id>", summary: "Accept a decision", command: anyCommand(acceptCommand) },
  { usage: "reject <id>", summary: "Reject a proposed decision", command: anyCommand(rejectCommand) },
  {
    usage: "supersede <id>",
    summary: "Put another decision in its place",
    command: anyCommand(supersedeCommand),
  },
];
