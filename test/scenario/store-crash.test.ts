import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bundleWorker } from "../support/bundle-worker.ts";
import { testEnvironment } from "../support/sandbox.ts";
import { crashDamage, reportedIn } from "../support/store-crash.ts";

/** All steps take minutes: the suite takes every third from a random one on, `npm run storm:crash` every one. */
const isStorm = process.env["GOT_STORM"] === "1";

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
      const stride = isStorm ? 1 : durability === "balanced" ? 3 : 10;
      const first = 1 + Math.floor(Math.random() * stride);
      t.comment(`${durability}: every ${stride}. step, from ${first} on`);
      for (let at = first; at <= steps; at += stride) {
        const workTree = path.join(folder, `${durability}-${at}`);
        const { stdout, signal } = run(worker, workTree, at, "work", durability);
        if (signal !== "SIGKILL") t.fail(`step ${at}: not killed`);
        t.same(await crashDamage(workTree, reportedIn(stdout)), [], `${durability}, step ${at}`);
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
  for (let at = Math.floor(whole / 3); at < whole; at += isStorm ? 10 : 20) {
    for (let step = 1; step < 60; step += isStorm ? 1 : 5) {
      const workTree = path.join(folder, `${at}-${step}`);
      const reported = reportedIn(run(worker, workTree, at, "work").stdout);
      const { signal } = run(worker, workTree, step, "recover");
      t.same(await crashDamage(workTree, reported), [], `killed at ${at}, recovery at ${step}`);
      rmSync(workTree, { recursive: true });
      if (signal !== "SIGKILL") break;
      recoveries++;
    }
  }
  t.ok(recoveries > 5, `${recoveries} recoveries were killed`);
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
