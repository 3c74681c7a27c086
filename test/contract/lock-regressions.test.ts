import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import lockfile from "proper-lockfile";
import t from "tap";
import { createLocks } from "../../src/lock/create-locks.ts";
import { createFileBackend } from "../../src/lock/file/file-backend.ts";
import type { Locks } from "../../src/lock/lock.ts";
import { lockContractRounds } from "./lock/lock-adapter.ts";
import { expectGrant, waitUntil } from "./lock/support.ts";
import { createWorkers } from "./lock/worker-process.ts";

/*
 * What is wrong with proper-lockfile 4.1.2 on its own, one test each: first that the bare package has the defect (so that the
 * test can fail), then that the file lock has not.
 */
const folder = mkdtempSync(path.join(os.tmpdir(), "got-regressions-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const self = { pid: process.pid, host: os.hostname() };
const openLocks = (directory: string): Locks =>
  createLocks({ backend: createFileBackend({ directory }), process: self });
let places = 0;
const newPlace = (): { bare: string; directory: string } => {
  places += 1;
  return { bare: path.join(folder, `${places}.lock`), directory: path.join(folder, `${places}`) };
};
const backdate = (directory: string): void => utimesSync(directory, new Date(0), new Date(0));

void t.test("of many processes that meet a dead holder's lock at one instant, one gets it", async (t) => {
  const { bare, directory } = newPlace();
  const [bareWorkers, workers] = [
    await createWorkers(folder, bare, "bare-worker.ts"),
    await createWorkers("file", directory),
  ];
  t.teardown(() => Promise.all([bareWorkers.dispose(), workers.dispose()]));

  const crowd = await bareWorkers.startMany(10);
  let twoAtOnce = false;
  for (let round = 0; round < 40 && !twoAtOnce; round += 1) {
    mkdirSync(bare, { recursive: true });
    backdate(bare);
    const atMs = Date.now() + 20;
    const answers = await Promise.all(crowd.map((worker) => worker.send({ do: "lock", atMs })));
    const holders = crowd.filter((_, index) => answers[index]?.["kind"] === "granted");
    twoAtOnce = holders.length > 1;
    for (const holder of holders) await holder.send({ do: "release" });
    rmSync(bare, { recursive: true, force: true });
  }
  t.ok(twoAtOnce, "bare: several");

  const ours = await workers.startMany(10);
  for (let round = 0; round < lockContractRounds(20); round += 1) {
    const dying = await workers.start();
    const resources = [`rush-${round}`];
    await dying.send({ do: "acquire", resources });
    dying.signal("SIGKILL");
    await dying.ended;
    const options = { timeoutMs: 0 };
    const answers = await Promise.all(
      ours.map((worker) => worker.send({ do: "acquire", resources, options })),
    );
    t.equal(answers.filter((answer) => answer["kind"] === "granted").length, 1);
  }
});

void t.test("a holder that is stopped is not robbed, and cannot give away another's lock", async (t) => {
  const { bare, directory } = newPlace();
  const workers = await createWorkers(folder, bare, "bare-worker.ts");
  const ours = await createWorkers("file", directory);
  t.teardown(() => Promise.all([workers.dispose(), ours.dispose()]));
  const [worker, mine] = [await workers.start(), await ours.start()];
  const locks = openLocks(directory);
  await worker.send({ do: "lock", stale: 2_000 });
  await mine.send({ do: "acquire", resources: ["a"] });
  worker.signal("SIGSTOP");
  mine.signal("SIGSTOP");

  // In a process of its own: when its timer finds the lock gone, the package ends the thief as well.
  const thief = await workers.start();
  await waitUntil(async () => (await thief.send({ do: "lock", stale: 2_000 }))["kind"] === "granted");
  worker.signal("SIGCONT");
  // When it goes on, its release reports success, or its timer has killed it; either way the package says nothing to the thief.
  const answer = await worker.send({ do: "release" });
  t.ok(answer["kind"] === "released" || answer["died"] === true, "bare: robbed");

  t.equal((await locks.acquire("a", { timeoutMs: 500 })).kind, "timedOut", "not robbed");
  mine.signal("SIGCONT");
  t.match(await mine.send({ do: "release" }), { kind: "released" });
});

void t.test("release checks whose lock it is, even within one second", async (t) => {
  const { bare, directory } = newPlace();
  const options = { lockfilePath: bare, realpath: false };
  const release = await lockfile.lock(folder, options);
  rmdirSync(bare);
  mkdirSync(bare);
  await release();
  t.notOk(existsSync(bare), "bare: another holder's lock is gone, and release reported success");

  const [one, two] = [openLocks(directory), openLocks(directory)];
  const old = await expectGrant(one.acquire("a"));
  await two.break("a", { reason: "test" });
  const next = await expectGrant(two.acquire("a"));
  t.match(await old.release(), { kind: "lost" });
  t.equal((await one.try("a")).kind, "timedOut");
  await next.release();
});

void t.test("losing a lock does not kill the process", async (t) => {
  const { bare, directory } = newPlace();
  const workers = await createWorkers(folder, bare, "bare-worker.ts");
  const ours = await createWorkers("file", directory);
  t.teardown(() => Promise.all([workers.dispose(), ours.dispose()]));
  const [worker, mine] = [await workers.start(), await ours.start()];
  await worker.send({ do: "lock", stale: 2_000, update: 1_000 });
  await mine.send({ do: "acquire", resources: ["a"] });
  rmdirSync(bare);
  await openLocks(directory).break("a", { reason: "test" });
  await worker.ended;
  t.pass("bare: died of it");
  t.match(await mine.send({ do: "release" }), { kind: "lost" });
});

void t.test("a long wait costs nothing to prepare", async (t) => {
  const { bare, directory } = newPlace();
  const stalled = longestStall(() =>
    lockfile.lock(folder, { lockfilePath: bare, realpath: false, retries: 2_000_000 }),
  );
  await (
    await stalled.result
  )();
  const locks = openLocks(directory);
  const patient = longestStall(() => expectGrant(locks.acquire("a", { timeoutMs: 2_000_000_000 })));
  await (await patient.result).release();
  t.ok(stalled.ms > 10 * patient.ms, `bare: ${stalled.ms.toFixed(0)} ms, ours ${patient.ms.toFixed(1)} ms`);
});

void t.test("a crashed holder's lock is free at once", async (t) => {
  const { bare, directory } = newPlace();
  const workers = await createWorkers(folder, bare, "bare-worker.ts");
  const ours = await createWorkers("file", directory);
  t.teardown(() => Promise.all([workers.dispose(), ours.dispose()]));
  const [worker, mine] = [await workers.start(), await ours.start()];
  await worker.send({ do: "lock" });
  await mine.send({ do: "acquire", resources: ["a"] });
  worker.signal("SIGKILL");
  mine.signal("SIGKILL");
  await Promise.all([worker.ended, mine.ended]);
  await t.rejects(
    lockfile.lock(folder, { lockfilePath: bare, realpath: false }),
    { code: "ELOCKED" },
    "bare: for 10 s",
  );
  await (await expectGrant(openLocks(directory).try("a"))).release();
});

void t.test("a foreign file in the lock's directory does not break it", async (t) => {
  const { bare, directory } = newPlace();
  mkdirSync(bare);
  writeFileSync(path.join(bare, "surprise"), "");
  backdate(bare);
  await t.rejects(
    lockfile.lock(folder, { lockfilePath: bare, realpath: false }),
    { code: "ENOTEMPTY" },
    "bare: for ever",
  );

  mkdirSync(path.join(directory, "a"), { recursive: true });
  for (const name of [
    "surprise",
    ".h",
    "x.h",
    "0.h",
    "01.h",
    "1.r",
    "m",
    "q.",
    "q.x",
    "t.",
    "-1.h",
    "1.h.h",
  ]) {
    writeFileSync(path.join(directory, "a", name), "");
  }
  const locks = openLocks(directory);
  const grant = await expectGrant(locks.acquire("a", { timeoutMs: 2_000 }));
  t.equal((await locks.try("a")).kind, "timedOut");
  t.match(await grant.release(), { kind: "released" });
});

void t.test("two lock paths for one file are two locks", async (t) => {
  const [one, two] = [newPlace(), newPlace()];
  const workers = await createWorkers(folder, one.bare, "bare-worker.ts");
  t.teardown(workers.dispose);
  const answer = await (await workers.start()).send({ do: "two", other: two.bare });
  t.match(answer, { kind: "refused", why: /not acquired/ }, "bare: the second is forgotten");

  const first = await expectGrant(openLocks(one.directory).acquire("a"));
  const second = await expectGrant(openLocks(two.directory).acquire("a"));
  t.match(await first.release(), { kind: "released" });
  t.match(await second.release(), { kind: "released" });
});

/** For how long the call itself kept the event loop from turning. */
function longestStall<Value>(call: () => Promise<Value>): { ms: number; result: Promise<Value> } {
  const startMs = performance.now();
  const result = call();
  return { ms: performance.now() - startMs, result };
}
