import type { Argv } from "yargs";
import { statusOf } from "../../../work/tasks/task-fields.ts";
import type { TaskView } from "../../../work/tasks/tasks.ts";
import type { Command } from "../../command.ts";
import { checkedLimit } from "../../checked-limit.ts";
import { lastGiven } from "../../last-given.ts";
import { withTasks } from "../../open-tasks.ts";
import { listText } from "../../views/task.ts";

interface ListArgs {
  readonly status: string[] | undefined;
  readonly assignee: string | undefined;
  readonly tag: string[] | undefined;
  readonly parent: string | undefined;
  readonly mine: boolean;
  readonly blocked: boolean;
  readonly all: boolean;
  readonly limit: number;
}

/** Lists tasks in the order in which they are taken; closed ones only when they are asked for. */
export const listCommand: Command<ListArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("status", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "Only with this status; may be repeated",
      })
      .option("assignee", { type: "string", requiresArg: true, describe: "Only what this agent has" })
      .option("tag", { type: "string", array: true, requiresArg: true, describe: "Only with this tag" })
      .option("parent", { type: "string", requiresArg: true, describe: "Only parts of this task" })
      .option("mine", { type: "boolean", default: false, describe: "Only what this agent has" })
      .option("blocked", { type: "boolean", default: false, describe: "Only what waits for something" })
      .option("all", { type: "boolean", default: false, describe: "Closed ones too" })
      .option("limit", {
        type: "number",
        default: 0,
        requiresArg: true,
        describe: "At most so many; 0 for all",
      })
      .example("$0 task list --mine", "what I have under way")
      .example("$0 task list --blocked", "what waits, and for what")
      .example("$0 task list --status closed --json", "what is done, for a program"),
  run: async (context, args) => {
    const most = checkedLimit(args.limit);
    return await withTasks(context, async ({ tasks }) => {
      const found = await tasks.list((view) => isWanted(view, args));
      const shown = most === 0 ? found : found.slice(0, most);
      return { data: { tasks: shown, matched: found.length }, text: listText(shown, found.length) };
    });
  },
};

function isWanted({ task, standing, blockedBy }: TaskView, args: ListArgs): boolean {
  const status = statusOf(task);
  const tags = Array.isArray(task["tags"]) ? task["tags"] : [];
  const parent = lastGiven(args.parent)?.replace(/^task:/, "");
  const assignee = lastGiven(args.assignee);
  if (args.status === undefined) {
    if (standing.kind === "closed" && !args.all) return false;
  } else if (!args.status.includes(status)) return false;
  if (args.mine && standing.kind !== "mine") return false;
  if (args.blocked && blockedBy.length === 0 && status !== "blocked") return false;
  if (assignee !== undefined && holderName({ task, standing, blockedBy }) !== assignee) return false;
  if (parent !== undefined && task["parent"] !== parent) return false;
  return (args.tag ?? []).every((tag) => tags.includes(tag));
}

/** Claims of other work trees count although the entity here does not know them yet. */
function holderName({ task, standing }: TaskView): unknown {
  return standing.kind === "taken" ? standing.by : task["assignee"];
}
