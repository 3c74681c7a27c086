import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";
import type { ClaimOutcome, CloseOutcome, NextOutcome } from "../../src/work/tasks/tasks.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import { createTaskFolders, type TaskFolders } from "../support/task-folders.ts";

type Answer = NextOutcome | CloseOutcome | ClaimOutcome;

/** An agent in a process of its own. */
interface Agent {
  readonly child: ChildProcess;
  readonly ask: (command: { place: number; do: string; id?: string }) => Promise<Answer>;
}

async function startAgents(t: Test, folders: TaskFolders, count: number): Promise<Agent[]> {
  const worker = await bundleWorker(
    path.resolve(import.meta.dirname, "../support/task-worker.ts"),
    folders.root,
  );
  const agents = Array.from({ length: count }, (_, index): { agent: Agent; ready: Promise<unknown> } => {
    const child = spawn(process.execPath, [worker, `agent-${index}`, JSON.stringify(folders.places)], {
      env: folders.env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    t.teardown(() => void child.kill("SIGKILL"));
    const { stdin, stdout } = child;
    const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    const ask: Agent["ask"] = async (command) => {
      stdin.write(`${JSON.stringify(command)}\n`);
      return JSON.parse(String((await lines.next()).value)) as Answer;
    };
    return { agent: { child, ask }, ready: lines.next() };
  });
  await Promise.all(agents.map(({ ready }) => ready));
  return agents.map(({ agent }) => agent);
}

await t.test("fifty processes at once, in one work tree and in three", async (t) => {
  const folders = createTaskFolders(t, 3);
  // Fewer tasks than processes, so that a crowd meets at each of them and some go away with nothing.
  const ids = Array.from({ length: 20 }, (_, index) => `T-${index}`);
  await folders.create([...ids, "T-one"]);
  const agents = await startAgents(t, folders, 50);
  const ask = async (
    count: number,
    of: (index: number) => { place: number; do: string; id?: string },
  ): Promise<Answer[]> =>
    await Promise.all(agents.slice(0, count).map((agent, index) => agent.ask(of(index))));

  const closed = await ask(50, (index) => ({ place: index % 3, do: "close", id: "T-one" }));
  const winners = closed.flatMap(({ kind }, index) => (kind === "closed" ? [`agent-${index}`] : []));
  t.equal(winners.length, 1, "one of fifty in three work trees closes the task");
  const told = closed.flatMap((answer) => (answer.kind === "alreadyClosed" ? [answer] : []));
  t.equal(told.length, 49);
  t.same([...new Set(told.map(({ by }) => by))], winners, "the others learn who did");
  t.ok(
    told.every(({ at }) => at !== null),
    "and when",
  );

  const claimed = await ask(24, () => ({ place: 0, do: "next" }));
  const nothing = Array.from({ length: 4 }, () => "nothingReady");
  t.same(claimedIds(claimed), [...ids, ...nothing].sort(), "each task is given, and none is given twice");
  t.match(await agents[30]?.ask({ place: 0, do: "next" }), { kind: "nothingReady", taken: 20 });
  t.match(await agents[30]?.ask({ place: 1, do: "next" }), { kind: "nothingReady", taken: 20 });

  const more = ids.slice(0, 12).map((id) => `${id}-more`);
  await folders.create(more);
  const spread = await ask(12, (index) => ({ place: index % 3, do: "next" }));
  t.same(claimedIds(spread), more.sort(), "nor in work trees that have merged nothing of each other");
});

function claimedIds(answers: readonly Answer[]): string[] {
  return answers.map((answer) => (answer.kind === "claimed" ? answer.task.id : answer.kind)).sort();
}
