import { anyCommand, type GroupEntry } from "../command.ts";
import { addCommand } from "./note/add.ts";
import { editCommand } from "./note/edit.ts";
import { listCommand } from "./note/list.ts";
import { showCommand } from "./note/show.ts";

export const entries: readonly GroupEntry[] = [
  { usage: "add <text>", summary: "Write a note, on entities and commits", command: anyCommand(addCommand) },
  { usage: "list", summary: "List notes", command: anyCommand(listCommand) },
  { usage: "show <id>", summary: "Show a note and what it is about", command: anyCommand(showCommand) },
  {
    usage: "edit <id> [text]",
    summary: "Change a note, or link it further",
    command: anyCommand(editCommand),
  },
];
