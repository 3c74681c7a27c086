import { anyCommand, type GroupEntry } from "../command.ts";
import { addCommand } from "./checklist/add.ts";
import { doneCommand } from "./checklist/done.ts";
import { editCommand } from "./checklist/edit.ts";
import { listCommand } from "./checklist/list.ts";
import { moveCommand } from "./checklist/move.ts";
import { removeCommand } from "./checklist/remove.ts";
import { reopenCommand } from "./checklist/reopen.ts";
import { showCommand } from "./checklist/show.ts";

export const entries: readonly GroupEntry[] = [
  { usage: "add <list> <texts..>", summary: "Add items, each text one", command: anyCommand(addCommand) },
  { usage: "done <list> <item>", summary: "Mark an item done", command: anyCommand(doneCommand) },
  { usage: "reopen <list> <item>", summary: "Take the mark back", command: anyCommand(reopenCommand) },
  { usage: "remove <list> <item>", summary: "Take an item away", command: anyCommand(removeCommand) },
  { usage: "move <list> <item>", summary: "Put an item elsewhere", command: anyCommand(moveCommand) },
  { usage: "edit <list> <item> <text>", summary: "Change an item's text", command: anyCommand(editCommand) },
  { usage: "show <list>", summary: "Show a list, now or as it was", command: anyCommand(showCommand) },
  { usage: "list", summary: "List all checklists", command: anyCommand(listCommand) },
];
