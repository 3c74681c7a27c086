import { appendFileSync, writeSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { systemStoreFiles } from "../../src/store/store-files.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openTasks } from "../../src/work/tasks/open-tasks.ts";
import type { Tasks } from "../../src/work/tasks/tasks.ts";
import { crashingFiles } from "./crashing-files.ts";

/**
 * One agent: reads a command a line, `{"place":0,"do":"next"}`, and prints its outcome as a line of JSON. Says `ready` first.
 *
 *     task-worker.ts <agent> <places as JSON> [step at which it kills itself]
 */
const [agent = "", placesText = "[]", at] = process.argv.slice(2);
const places = JSON.parse(placesText) as { workTree: string; gitDir: string; commonDir: string }[];
const crashing = at === undefined ? undefined : crashingFiles(Number(at));
const files = crashing?.files ?? systemStoreFiles;
const opened = new Map<number, Promise<Tasks>>();

async function open(index: number): Promise<Tasks> {
  const place = places[index];
  if (place === undefined) throw new Error(`no place ${index}`);
  const store = await openStore({ ...place, agent, ports: { files } });
  return openTasks({
    ...place,
    store,
    workTrees: () => places.map(({ workTree }) => workTree),
    agent,
    ports: { files },
    appendEvent: (event) =>
      appendFileSync(path.join(place.commonDir, "events"), `${JSON.stringify(event)}\n`),
  });
}

async function run(command: { place: number; do: string; id?: string }): Promise<unknown> {
  let tasks = opened.get(command.place);
  if (tasks === undefined) opened.set(command.place, (tasks = open(command.place)));
  const { claimNext, claim, close, release, list } = await tasks;
  switch (command.do) {
    case "open":
      return { kind: "open", steps: crashing?.count() };
    case "next":
      return await claimNext();
    case "claim":
      return await claim(command.id ?? "");
    case "close":
      return await close(command.id ?? "", { reason: agent });
    case "release":
      return await release(command.id ?? "");
    case "steps":
      return { kind: "steps", steps: crashing?.count() };
    case "drain":
      // What it had under way before it was killed, then whatever is ready.
      for (const { task, standing } of await list()) {
        if (standing.kind === "mine" && standing.underWay) say(await close(task.id));
      }
      for (;;) {
        const next = await claimNext();
        say(next);
        if (next.kind !== "claimed") return next;
        say(await close(next.task.id));
      }
    default:
      throw new Error(command.do);
  }
}

function say(outcome: unknown): void {
  writeSync(1, `${JSON.stringify(outcome)}\n`);
}

writeSync(1, "ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  say(await run(JSON.parse(line) as { place: number; do: string; id?: string }));
}
process.exit(0);
