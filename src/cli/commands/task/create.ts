import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import { parsePriority } from "../../../work/tasks/task-fields.ts";
import type { Command } from "../../command.ts";
import { parseFields } from "../../entity-fields.ts";
import { lastGiven } from "../../last-given.ts";
import { withTasks } from "../../open-tasks.ts";
import { createdText } from "../../views/task.ts";

interface CreateArgs {
  readonly title: string;
  readonly id: string | undefined;
  readonly priority: string | undefined;
  readonly description: string | undefined;
  readonly assignee: string | undefined;
  readonly tag: string[] | undefined;
  readonly parent: string | undefined;
  readonly dependsOn: string[] | undefined;
  readonly data: string | undefined;
}

/** Makes a task; prints its id. */
export const createCommand: Command<CreateArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("title", { type: "string", demandOption: true, describe: "What is to be done" })
      .option("id", { type: "string", requiresArg: true, describe: "Its id; default a short free one" })
      .option("priority", {
        type: "string",
        requiresArg: true,
        describe: "0 (or P0) is the most urgent; default 2",
      })
      .option("description", {
        type: "string",
        requiresArg: true,
        describe: "The rest of what there is to say",
      })
      .option("assignee", { type: "string", requiresArg: true, describe: "The only agent who may claim it" })
      .option("tag", { type: "string", array: true, requiresArg: true, describe: "A tag; may be repeated" })
      .option("parent", { type: "string", requiresArg: true, describe: "The task that it is a part of" })
      .option("depends-on", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "A task that has to be closed first; may be repeated",
      })
      .option("data", { type: "string", requiresArg: true, describe: "Other fields as one JSON object" })
      .example('$0 task create "Fix the login" --priority 1 --tag auth', "an urgent task")
      .example(
        '$0 task create "Deploy" --depends-on T-1a2b --depends-on T-3c4d',
        "ready when both are closed",
      )
      .example('id=$($0 task create "Fix it")', "the id is all that is printed"),
  run: async (context, args) => {
    const given = lastGiven(args.priority);
    const priority = given === undefined ? undefined : parsePriority(given);
    if (given !== undefined && priority === undefined) {
      throw new GotError("USAGE", `${JSON.stringify(given)} is no priority`, {
        facts: { priority: given },
        hint: "Write a whole number from 0, the most urgent, e.g. 1 or P1.",
      });
    }
    const fields = parseFields([], args.data);
    return await withTasks(context, async ({ tasks }) => {
      const task = await tasks.create({
        title: args.title,
        id: lastGiven(args.id),
        priority,
        description: lastGiven(args.description),
        assignee: lastGiven(args.assignee),
        tags: args.tag,
        parent: lastGiven(args.parent),
        dependsOn: args.dependsOn,
        fields,
      });
      return { data: { task }, text: createdText(task) };
    });
  },
};
