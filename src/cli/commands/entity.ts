import { anyCommand, type GroupEntry } from "../command.ts";
import { createCommand } from "./entity/create.ts";
import { deleteCommand } from "./entity/delete.ts";
import { diffCommand } from "./entity/diff.ts";
import { getCommand } from "./entity/get.ts";
import { historyCommand } from "./entity/history.ts";
import { listCommand } from "./entity/list.ts";
import { setCommand } from "./entity/set.ts";

export const entries: readonly GroupEntry[] = [
  { usage: "create <ref> [fields..]", summary: "Create an entity", command: anyCommand(createCommand) },
  { usage: "get <ref>", summary: "Show an entity", command: anyCommand(getCommand) },
  { usage: "set <ref> [fields..]", summary: "Change fields of an entity", command: anyCommand(setCommand) },
  { usage: "list [type]", summary: "List entities", command: anyCommand(listCommand) },
  { usage: "delete <ref>", summary: "Delete an entity", command: anyCommand(deleteCommand) },
  { usage: "history <ref>", summary: "List what happened to an entity", command: anyCommand(historyCommand) },
  {
    usage: "diff <ref>",
    summary: "Show how two versions of an entity differ",
    command: anyCommand(diffCommand),
  },
];
