import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { runGit } from "../../git/run-git.ts";
import { demoAgents, demoCounter, demoTag, demoTime, eventLine, logFile, taskFile } from "./agents.ts";

/**
 * One agent of the demo, as a process of its own, in the worktree that it was started in: edits its field of the task,
 * adds the tag, counts up, appends to the log, and commits as everybody does.
 *
 *     node agent.js NAME
 */
const agent = demoAgents.find(({ name }) => name === process.argv[2]);
if (agent === undefined) throw new Error(`no such agent: ${process.argv[2]}`);
const { name, field, value, second } = agent;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file that the demo itself has written
const task = JSON.parse(readFileSync(taskFile, "utf8")) as Record<string, unknown>;
const edited = {
  ...task,
  version: Number(task["version"]) + 1,
  updated_at: demoTime(second),
  updated_by: name,
  [field]: value,
  tags: [...(Array.isArray(task["tags"]) ? task["tags"] : []), demoTag],
  [demoCounter]: Number(task[demoCounter]) + 1,
};
writeFileSync(taskFile, `${JSON.stringify(edited, null, 2)}\n`);
appendFileSync(logFile, eventLine({ agent: name, event: "task.updated", second, field }));

const call = { cwd: process.cwd(), env: process.env };
runGit(call, ["add", "--all"]);
runGit(call, ["commit", "--quiet", "-m", `${name} sets ${field}`]);
