import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";
import type { CloseOutcome, NextOutcome } from "../../src/work/tasks/tasks.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import { createTaskFolders, type TaskFolders } from "../support/task-folders.ts";

type Outcome = NextOutcome | CloseOutcome | { readonly kind: "steps"; readonly steps: number };

const bundle = (folder: string): Promise<string> =>
  bundleWorker(path.resolve(import.meta.dirname, "../support/task-worker.ts"), folder);

/** Lets ada do these things in the first work tree and be killed at a step of hers; 0: at none. */
function runAda(worker: string, folders: TaskFolders, commands: readonly string[], at: number): Outcome[] {
  const { stdout } = spawnSync(
    process.execPath,
    [worker, "ada", JSON.stringify(folders.places), String(at)],
    {
      env: folders.env,
      encoding: "utf8",
      input: commands.map((what) => `${JSON.stringify({ place: 0, do: what, id: "T-1" })}\n`).join(""),
    },
  );
  return stdout
    .split("\n")
    .slice(1, -1)
    .map((line) => JSON.parse(line) as Outcome);
}

await t.test(
  "killed at any step of claiming and closing, a task is never lost and never doubly held",
  async (t) => {
    const worker = await bundle(t.testdir({}));
    const commands = ["open", "steps", "claim", "close", "steps"];
    const rehearsal = createTaskFolders(t, 2);
    await rehearsal.create(["T-1"]);
    const said = runAda(worker, rehearsal, commands, 0);
    const [first, last] = said.flatMap((outcome) => (outcome.kind === "steps" ? [outcome.steps] : []));
    t.match(said, [
      { kind: "open" },
      { kind: "steps" },
      { kind: "claimed" },
      { kind: "closed" },
      { kind: "steps" },
    ]);
    if (first === undefined || last === undefined) return t.fail("no steps");
    const seen = new Set<string>();
    // Every third step, begun at any of the first three.
    for (let at = first + 1 + Math.floor(Math.random() * 3); at <= last; at += 3) {
      const folders = createTaskFolders(t, 2);
      await folders.create(["T-1"]);
      const before = runAda(worker, folders, commands, at);
      seen.add(await checkAfterwards(t, folders, before, `step ${at} of ${first + 1} to ${last}`));
    }
    t.same([...seen].sort(), ["claimed", "closed", "free"], "all three states were met");
  },
);

/** What others and ada herself find; returns the state that was left. */
async function checkAfterwards(
  t: Test,
  folders: TaskFolders,
  before: readonly Outcome[],
  where: string,
): Promise<string> {
  const closedBefore = before.some(({ kind }) => kind === "closed");
  const claimedBefore = before.some(({ kind }) => kind === "claimed");
  const bob = await folders.open(1, "bob");
  const found = await bob.claim("T-1");
  switch (found.kind) {
    case "claimed":
      t.notOk(claimedBefore, `${where}: ada was told that it is hers`);
      await t.resolveMatch(
        (await folders.open(0, "ada")).claim("T-1"),
        { kind: "alreadyClaimed", by: "bob" },
        where,
      );
      return "free";
    case "alreadyClaimed": {
      t.match(found, { by: "ada", worktree: "main" }, where);
      t.notOk(closedBefore, `${where}: ada was told that it is closed`);
      const ada = await folders.open(0, "ada");
      if (claimedBefore) t.match(await ada.claimNext(), { kind: "nothingReady", mine: ["T-1"] }, where);
      t.match(await ada.claim("T-1"), { kind: "claimed" }, where);
      t.match(await ada.close("T-1"), { kind: "closed" }, where);
      t.match(entity(folders), { status: "closed", assignee: "ada", closed_by: "ada" }, where);
      return "claimed";
    }
    case "notClaimable": {
      t.match(found, { reason: "closed", by: "ada", worktree: "main", merged: false }, where);
      // Somebody else in that work tree finishes it, in her name; then she is not told that she has done it twice.
      const eve = await folders.open(0, "eve");
      t.match(await eve.close("T-1"), { kind: "alreadyClosed", by: "ada" }, where);
      t.match(entity(folders), { status: "closed", closed_by: "ada" }, where);
      t.match(await (await folders.open(0, "ada")).close("T-1"), { kind: "alreadyClosed", by: "ada" }, where);
      return "closed";
    }
    case "notFound":
      t.fail(where);
      return "lost";
  }
}

function entity(folders: TaskFolders): unknown {
  return JSON.parse(readFileSync(folders.file(0, "T-1"), "utf8"));
}

await t.test("agents that are killed at random and started again close every task once", async (t) => {
  const folders = createTaskFolders(t, 2);
  const worker = await bundle(folders.root);
  const ids = Array.from({ length: 12 }, (_, index) => `T-${index}`);
  await folders.create(ids);
  const closed: string[] = [];
  const running = new Set<ChildProcess>();
  t.teardown(() => running.forEach((child) => child.kill("SIGKILL")));

  /** One life of an agent; killed as soon as it has said so many outcomes. */
  const live = async (agent: number, outcomes: number): Promise<"drained" | "killed"> => {
    const child = spawn(process.execPath, [worker, `agent-${agent}`, JSON.stringify(folders.places)], {
      env: folders.env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    running.add(child);
    const ended = once(child, "close");
    child.stdin.write(`${JSON.stringify({ place: agent % 2, do: "drain" })}\n`);
    let end: "drained" | "killed" = "killed";
    let said = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith("{")) continue;
      const outcome = JSON.parse(line) as Outcome;
      if (outcome.kind === "closed") closed.push(outcome.task.id);
      if (outcome.kind === "nothingReady" && outcome.mine.length === 0) end = "drained";
      if (++said === outcomes || end === "drained") child.kill("SIGKILL");
    }
    await ended;
    running.delete(child);
    return end;
  };
  await Promise.all(
    Array.from({ length: 3 }, async (_, agent) => {
      for (let lives = 0; lives < 2; lives++) await live(agent, 1 + Math.floor(Math.random() * 4));
      while ((await live(agent, Infinity)) !== "drained");
    }),
  );
  t.equal(new Set(closed).size, closed.length, "no close is reported twice");
  const views = [await (await folders.open(0, "x")).list(), await (await folders.open(1, "x")).list()];
  for (const [index, id] of ids.entries()) {
    const standings = views.map((tree) => tree.find(({ task }) => task.id === id)?.standing.kind);
    t.same(standings, ["closed", "closed"], `${ids[index]} is closed for everybody`);
  }
});
