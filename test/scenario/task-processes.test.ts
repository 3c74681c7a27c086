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
  const folders = await createTaskFolders(t, 3);
  const ids = Array.from({ length: 50 }, (_, index) => `T-${index}`);
  await folders.create(ids);
  const agents = await startAgents(t, folders, 50);
  const all = async (of: (index: number) => { place: number; do: string; id?: string }): Promise<Answer[]> =>
    await Promise.all(agents.map(({ ask }, index) => ask(of(index))));
  await all((index) => ({ place: index % 3, do: "open" }));

  // Spread over three work trees: each claim has to be seen in the others before anything is merged.
  const claimed = await all((index) => ({ place: index % 3, do: "next" }));
  t.same(
    claimed.map((answer) => (answer.kind === "claimed" ? answer.task.id : answer.kind)).sort(),
    [...ids].sort(),
    "each gets a task, and none is given twice",
  );
  t.match(await agents[0]?.ask({ place: 1, do: "next" }), { kind: "nothingReady", taken: 50 });

  const [first] = claimed;
  const id = first?.kind === "claimed" ? first.task.id : "";
  t.match(await agents[1]?.ask({ place: 1, do: "close", id }), { kind: "claimedByOther", by: "agent-0" });
  t.match(await agents[0]?.ask({ place: 0, do: "release", id }), { kind: "released" });

  const closed = await all((index) => ({ place: index % 3, do: "close", id }));
  const winners = closed.flatMap(({ kind }, index) => (kind === "closed" ? [index] : []));
  t.equal(winners.length, 1, "one of fifty closes the task");
  const losers = closed.filter(({ kind }) => kind === "alreadyClosed");
  t.equal(losers.length, 49);
  t.same(
    new Set(losers.map((answer) => answer.kind === "alreadyClosed" && answer.by)),
    new Set([`agent-${winners[0]}`]),
  );
  t.ok(
    losers.every((answer) => answer.kind === "alreadyClosed" && answer.at !== null),
    "and when",
  );

  // In one work tree.
  await folders.create(["T-one"]);
  const [mine, ...others] = await all(() => ({ place: 0, do: "close", id: "T-one" }));
  t.equal([mine, ...others].filter((answer) => answer?.kind === "closed").length, 1);
  await folders.create(ids.map((one) => `${one}-more`));
  const more = await all(() => ({ place: 0, do: "next" }));
  t.same(
    more.map((answer) => (answer.kind === "claimed" ? answer.task.id : answer.kind)).sort(),
    ids.map((one) => `${one}-more`).sort(),
  );
});
