import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import type { StoreEvent } from "../../src/store/wal-record.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import { testEnvironment } from "../support/sandbox.ts";
import { storeFolder } from "../support/store.ts";

/** What the entities are after each number of transactions. */
const states = [
  {},
  { "task:A": 1, "task:B": 1 },
  { "task:A": 2, "note:C": 2 },
  { "task:A": 3, "note:C": 2 },
] as const;
/** Events that these transactions bring, in all. */
const eventsAfter = [0, 2, 5, 6] as const;

await t.test(
  "a process killed at any step of the commit path leaves exactly the committed transactions",
  async (t) => {
    const folder = t.testdir();
    const worker = await bundleWorker(path.join(import.meta.dirname, "store-crash-worker.ts"), folder);
    for (const durability of ["balanced", "paranoid"]) {
      const steps = Number(
        /steps (\d+)/.exec(run(worker, path.join(folder, "whole"), 0, "work", durability).stdout)?.[1],
      );
      t.ok(steps > 20, `${durability}: ${steps} steps`);
      rmSync(path.join(folder, "whole"), { recursive: true });
      for (let at = 1; at <= steps; at += durability === "balanced" ? 1 : 2) {
        const workTree = path.join(folder, `${durability}-${at}`);
        const { stdout, signal } = run(worker, workTree, at, "work", durability);
        if (signal !== "SIGKILL") t.fail(`step ${at}: not killed`);
        await checkRecovered(t, workTree, stdout.split("committed").length - 1, `${durability}, step ${at}`);
        rmSync(workTree, { recursive: true });
      }
    }
  },
);

await t.test("recovery itself may be killed at any of its steps", async (t) => {
  const folder = t.testdir();
  const worker = await bundleWorker(path.join(import.meta.dirname, "store-crash-worker.ts"), folder);
  // Far enough that a transaction of three entities is in the log, and in none, one or two of the files.
  const whole = Number(/steps (\d+)/.exec(run(worker, path.join(folder, "whole"), 0, "work").stdout)?.[1]);
  let recoveries = 0;
  for (let at = Math.floor(whole / 2); at < whole; at += 6) {
    for (let step = 1; step < 40; step += 2) {
      const workTree = path.join(folder, `${at}-${step}`);
      const reported = run(worker, workTree, at, "work").stdout.split("committed").length - 1;
      const { signal } = run(worker, workTree, step, "recover");
      await checkRecovered(t, workTree, reported, `killed at ${at}, recovery at ${step}`);
      rmSync(workTree, { recursive: true });
      if (signal !== "SIGKILL") break;
      recoveries++;
    }
  }
  t.ok(recoveries > 10, `${recoveries} recoveries were killed`);
});

function run(
  worker: string,
  workTree: string,
  at: number,
  what: string,
  durability = "balanced",
): { readonly stdout: string; readonly signal: string | null } {
  mkdirSync(path.join(workTree, ".git"), { recursive: true });
  return spawnSync(process.execPath, [worker, workTree, String(at), what], {
    env: testEnvironment(workTree, { GOT_TEST_DURABILITY: durability }),
    encoding: "utf8",
  });
}

async function checkRecovered(t: Test, workTree: string, reported: number, where: string): Promise<void> {
  const folder = storeFolder(workTree);
  const store = await folder.open();
  const entities = [...(await store.list("task")), ...(await store.list("note"))];
  const found = Object.fromEntries(entities.map(({ type, id, n }) => [`${type}:${id}`, n]));
  await store.close();
  const after = states.findIndex((state) => JSON.stringify(sorted(state)) === JSON.stringify(sorted(found)));
  if (after < reported)
    t.fail(`${where}: ${reported} transactions were reported, found ${JSON.stringify(found)}`);
  const recorded = existsSync(path.join(workTree, "events"))
    ? readFileSync(path.join(workTree, "events"), "utf8").split("\n")
    : [];
  const ids = new Set(folder.events.map(({ id }) => id));
  // A line that is torn because it was written by the test's own appendFileSync never is: one write.
  for (const line of recorded) if (line !== "") ids.add((JSON.parse(line) as StoreEvent).id);
  t.equal(ids.size, eventsAfter[after] ?? -1, `${where}: ${after} transactions, each with its events once`);
  const left = existsSync(path.join(workTree, ".got"))
    ? readdirSync(path.join(workTree, ".got"), { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".tmp"),
      )
    : [];
  t.same(left, [], `${where}: no temporary file is left`);
  t.notOk(existsSync(path.join(folder.gitDir, "index.lock")), `${where}: git's index is free`);
}

function sorted(state: object): unknown {
  return Object.entries(state).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
