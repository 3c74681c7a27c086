import { anyCommand, type GroupEntry } from "../command.ts";
import { addCommand } from "./edge/add.ts";
import { listCommand } from "./edge/list.ts";
import { removeCommand } from "./edge/remove.ts";

export const entries: readonly GroupEntry[] = [
  { usage: "add <from> <kind> <to>", summary: "Join two entities", command: anyCommand(addCommand) },
  { usage: "remove <from> <kind> <to>", summary: "Take an edge away", command: anyCommand(removeCommand) },
  { usage: "list [ref]", summary: "List edges", command: anyCommand(listCommand) },
];
