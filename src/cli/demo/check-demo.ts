import { type DemoAgent, demoAgents, demoCounter, demoTag } from "./agents.ts";
import type { DemoResult } from "./play-demo.ts";

/** One thing that must be true after all merges, looked up in the files that they left. */
export interface DemoCheck {
  readonly what: string;
  readonly holds: boolean;
}

/** What every agent did, searched for in the result. */
export function checkDemo(result: DemoResult): readonly DemoCheck[] {
  const task = parseTask(result.after.task);
  const tags = Array.isArray(task["tags"]) ? task["tags"] : [];
  const lines = result.after.log.split("\n");
  const inLog = ({ name }: DemoAgent): boolean =>
    lines.filter((line) => line.includes(`"id":"demo-${name}"`)).length === 1;
  const conflicts = result.merges.filter(({ kind }) => kind === "conflict").length;
  return [
    { what: `${demoAgents.length} branches merged, no conflict`, holds: conflicts === 0 },
    ...demoAgents.map((agent) => ({
      what: `${agent.name}'s ${agent.field} is ${JSON.stringify(agent.value)}`,
      holds: task[agent.field] === agent.value,
    })),
    { what: `${demoCounter} is ${demoAgents.length}`, holds: task[demoCounter] === demoAgents.length },
    { what: `the tag ${demoTag} is there once`, holds: tags.filter((tag) => tag === demoTag).length === 1 },
    { what: "every agent's event is in the log once", holds: demoAgents.every(inLog) },
    {
      what: "every agent's commit and every merge was recorded by the hooks",
      holds:
        (result.recorded["git.commit"] ?? 0) > demoAgents.length &&
        result.recorded["git.merge"] === demoAgents.length,
    },
    { what: "the work tree is clean", holds: result.status === "" },
  ];
}

function parseTask(text: string): Readonly<Record<string, unknown>> {
  try {
    const task: unknown = JSON.parse(text);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object whose members are looked at one by one
    return typeof task === "object" && task !== null ? (task as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
