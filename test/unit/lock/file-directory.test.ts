import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import t from "tap";
import { createLocks } from "../../../src/lock/create-locks.ts";
import { createFileBackend } from "../../../src/lock/file/file-backend.ts";
import { formatRecord } from "../../../src/lock/file/holder-record.ts";
import { type LockFiles, systemLockFiles } from "../../../src/lock/file/lock-files.ts";
import { createProcessTable, type ProcessTable } from "../../../src/lock/file/process-identity.ts";
import type { Locks } from "../../../src/lock/lock.ts";
import { systemTiming, type Timing } from "../../../src/lock/timing.ts";
import { expectGrant } from "../../contract/lock/support.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "got-lock-dir-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const processes = createProcessTable();
let made = 0;
const newDirectory = (): string => path.join(folder, String((made += 1)));

function open(
  directory: string,
  changed: { files?: Partial<LockFiles>; processes?: ProcessTable } = {},
): Locks {
  const backend = createFileBackend({
    directory,
    files: { ...systemLockFiles, ...changed.files },
    processes: changed.processes ?? processes,
  });
  return createLocks({ backend, process: { pid: process.pid, host: os.hostname() } });
}

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

/** Lays down a holder's record as another program would. */
function plant(directory: string, text: string): string {
  mkdirSync(path.join(directory, "a"), { recursive: true });
  const file = path.join(directory, "a", "1.h");
  writeFileSync(file, text);
  return file;
}
const foreign = {
  ...processes.identify(),
  since: "2026-01-01T00:00:00Z",
  agent: "zoe",
  session: undefined,
  what: undefined,
  mode: undefined,
};

await t.test("a directory that cannot serve is an error that names it, never a grant", async (t) => {
  const asFile = newDirectory();
  mkdirSync(asFile);
  writeFileSync(path.join(asFile, "a"), "");
  await t.rejects(open(asFile).try("a"), {
    code: "LOCK_UNAVAILABLE",
    facts: { directory: path.join(asFile, "a") },
  });

  const asLink = newDirectory();
  const elsewhere = newDirectory();
  mkdirSync(asLink);
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, path.join(asLink, "a"));
  await t.rejects(open(asLink).try("a"), { code: "LOCK_UNAVAILABLE" });
  t.strictSame(readdirSync(elsewhere), [], "nothing was written elsewhere");

  for (const code of ["ENOSPC", "EROFS", "EACCES", "EIO"]) {
    const directory = newDirectory();
    await t.rejects(open(directory, { files: { create: failing(code) } }).try("a"), {
      code: "LOCK_UNAVAILABLE",
      facts: { code },
    });
    t.strictSame(readdirSync(path.join(directory, "a")), [], `${code} leaves nothing behind`);
  }
});

await t.test("a read-only directory is an error", async (t) => {
  const directory = newDirectory();
  mkdirSync(path.join(directory, "a"), { recursive: true });
  chmodSync(folder, 0o755);
  chmodSync(path.join(directory, "a"), 0o555);
  // Root may write anywhere, so it looks as somebody else.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await t.rejects(open(directory).try("a"), {
      code: "LOCK_UNAVAILABLE",
      facts: { directory: path.join(directory, "a"), code: "EACCES" },
    });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  t.strictSame(readdirSync(path.join(directory, "a")), []);
});

await t.test("where link(2) is missing, exclusive creation takes its place", async (t) => {
  const directory = newDirectory();
  const files = { link: failing("EPERM") };
  const [one, two] = [open(directory, { files }), open(directory, { files })];
  for (let round = 1; round <= 3; round += 1) {
    const grant = await expectGrant(one.try("a"));
    t.equal(grant.token, round);
    t.match(await two.try("a"), { kind: "timedOut", holders: [{ pid: process.pid }] });
    t.match(await grant.release(), { kind: "released" });
  }
});

await t.test("who cannot be judged from here is waited for, shown, and can be broken", async (t) => {
  for (const [what, text] of [
    ["another host", formatRecord({ ...foreign, host: "elsewhere", leaseMs: undefined })],
    ["another pid namespace", formatRecord({ ...foreign, pidns: "1", leaseMs: undefined })],
    ["a torn record", formatRecord({ ...foreign, leaseMs: undefined }).slice(0, 60)],
    ["an empty record", ""],
    ["a newer version", formatRecord({ ...foreign, leaseMs: undefined }).replace("got-lock 1", "got-lock 2")],
  ] as const) {
    const directory = newDirectory();
    plant(directory, text);
    const locks = open(directory);
    t.match(
      await locks.acquire("a", { timeoutMs: 30 }),
      { kind: "timedOut", holders: [{ state: "unknown" }] },
      what,
    );
    t.match(await locks.break("a", { reason: "test" }), { kind: "broken", token: 2 }, what);
    t.equal((await expectGrant(locks.try("a"))).token, 3);
  }
});

await t.test("who is provably dead is passed over at once", async (t) => {
  for (const [what, record] of [
    ["another boot", { ...foreign, boot: "another" }],
    ["a number that was given to another process", { ...foreign, start: "1" }],
    ["no such process", { ...foreign, pid: 2 ** 30 }],
  ] as const) {
    const directory = newDirectory();
    plant(directory, formatRecord({ ...record, leaseMs: undefined }));
    t.equal((await expectGrant(open(directory).try("a"))).token, 2, what);
  }
  const directory = newDirectory();
  utimesSync(plant(directory, "got-lock 1\npid 1"), new Date(0), new Date(0));
  t.equal((await expectGrant(open(directory).try("a"))).token, 2, "torn by the power cut before this boot");
});

await t.test(
  "a foreign holder with a lease ends by our own clock, and not while it gives signs of life",
  async (t) => {
    const directory = newDirectory();
    const file = plant(directory, formatRecord({ ...foreign, host: "elsewhere", leaseMs: 40 }));
    const locks = open(directory);
    const alive = setInterval(() => utimesSync(file, new Date(), new Date(Math.random() * 1e12)), 10);
    t.equal((await locks.acquire("a", { timeoutMs: 400 })).kind, "timedOut");
    clearInterval(alive);
    const startMs = performance.now();
    t.equal((await expectGrant(locks.acquire("a", { timeoutMs: 10_000 }))).token, 2);
    t.ok(performance.now() - startMs >= 110, "three leases without a sign");
  },
);

await t.test(
  "a directory that is deleted under a holder makes a lost lock, not two holders of one token",
  async (t) => {
    const directory = newDirectory();
    const locks = open(directory);
    const grant = await expectGrant(locks.try("a"));
    rmSync(directory, { recursive: true });
    t.match(await grant.release(), { kind: "lost" });
  },
);

await t.test(
  "what a process remembers of a directory that was deleted does not let it in beside the new holder",
  async (t) => {
    const directory = newDirectory();
    const [one, two] = [open(directory), open(directory)];
    for (let round = 0; round < 5; round += 1) await (await expectGrant(one.try("a"))).release();
    rmSync(directory, { recursive: true });
    const grant = await expectGrant(two.try("a"));
    t.equal((await one.try("a")).kind, "timedOut");
    t.match(await grant.release(), { kind: "released" });
  },
);

await t.test("thousands of grants leave a bounded number of files", async (t) => {
  const directory = newDirectory();
  const locks = open(directory);
  for (let round = 0; round < 300; round += 1)
    await (await expectGrant(locks.try("a", { fair: round % 3 === 0 }))).release();
  t.ok(readdirSync(path.join(directory, "a")).length <= 2 * 16 + 2);
});

await t.test("no clock takes part: steps of an hour change neither grants nor waits", async (t) => {
  const directory = newDirectory();
  let hours = 0;
  const timing: Timing = {
    ...systemTiming,
    now: () => new Date(Date.now() + (hours += 1) * (hours % 2 === 0 ? 3.6e6 : -3.6e6)),
  };
  const backend = createFileBackend({ directory, timing });
  const locks = createLocks({ backend, timing, process: { pid: process.pid, host: os.hostname() } });
  for (let round = 1; round <= 5; round += 1) {
    const grant = await expectGrant(locks.try("a"));
    t.equal(grant.token, round);
    const startMs = performance.now();
    t.equal((await open(directory).acquire("a", { timeoutMs: 30 })).kind, "timedOut");
    t.ok(performance.now() - startMs < 5_000);
    t.match(await grant.release(), { kind: "released" });
  }
});

await t.test("a zombie is dead and a stopped process is not", async (t) => {
  const state = { value: "Z" };
  const table: ProcessTable = {
    identify: () => processes.identify(),
    look: () => ({ kind: "present", start: processes.identify().start, state: state.value }),
  };
  const directory = newDirectory();
  plant(directory, formatRecord({ ...foreign, leaseMs: undefined }));
  state.value = "T";
  t.match(await open(directory, { processes: table }).try("a"), {
    kind: "timedOut",
    holders: [{ state: "stopped" }],
  });
  state.value = "Z";
  t.equal((await expectGrant(open(directory, { processes: table }).try("a"))).token, 2);
});
