import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import t from "tap";
import { createLocks } from "../../../../src/lock/create-locks.ts";
import { createFileBackend } from "../../../../src/lock/file/file-backend.ts";
import { formatRecord } from "../../../../src/lock/file/holder-record.ts";
import { openLadder } from "../../../../src/lock/file/ladder.ts";
import { createLadderContext } from "../../../../src/lock/file/ladder-context.ts";
import { type LockFiles, systemLockFiles } from "../../../../src/lock/file/lock-files.ts";
import { createProcessTable } from "../../../../src/lock/file/process-identity.ts";
import type { Locks } from "../../../../src/lock/lock.ts";
import { expectGrant } from "../../../contract/lock/support.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "got-ladder-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const processes = createProcessTable();
let made = 0;
const newDirectory = (): string => path.join(folder, String((made += 1)));

function open(directory: string, files: Partial<LockFiles> = {}): Locks {
  const backend = createFileBackend({ directory, files: { ...systemLockFiles, ...files }, processes });
  return createLocks({ backend, process: { pid: process.pid, host: os.hostname() } });
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}

await t.test(
  "whichever system call fails once, nobody is left holding a lock they do not know of",
  async (t) => {
    const calls = ["list", "create", "link", "rename", "remove", "read"] as const;
    for (const wanted of [{}, { fair: true }, { mode: "shared" }] as const) {
      for (const call of calls) {
        for (let nth = 1; nth <= 6; nth += 1) {
          const directory = newDirectory();
          // Someone died inside, so that there is something to read and to clear away.
          mkdirSync(path.join(directory, "a"), { recursive: true });
          const dead = {
            ...processes.identify(),
            pid: 2 ** 30,
            since: "-",
            agent: undefined,
            session: undefined,
          };
          const text = formatRecord({ ...dead, what: undefined, mode: undefined, leaseMs: undefined });
          for (const name of ["1.h", `m.s.${2 ** 30}.x`])
            writeFileSync(path.join(directory, "a", name), text);
          let count = 0;
          const real: (...args: never[]) => unknown = systemLockFiles[call];
          const broken = (...args: never[]): unknown => {
            count += 1;
            return count === nth ? fail("EIO") : real(...args);
          };
          const failing = open(directory, { [call]: broken });
          const outcome = await failing.try("a", wanted).catch((error: unknown) => error);
          const title = `${call} ${nth} ${JSON.stringify(wanted)}`;
          if (outcome instanceof Error) t.match(outcome, { code: "LOCK_UNAVAILABLE" }, title);
          else if (typeof outcome === "object" && outcome !== null && "grant" in outcome) {
            const { grant } = outcome as { grant: { release: () => Promise<unknown> } };
            // A release that fails may leave the lock held: its caller is told by the error.
            const released = await grant.release().catch(() => "failed");
            if (released === "failed") continue;
          }
          const next = await open(directory).acquire("a", { timeoutMs: 1_000 });
          t.equal(next.kind, "granted", title);
          if (next.kind === "granted") await next.grant.release();
        }
      }
    }
  },
);

await t.test("what others own and we cannot clear away costs no grant", async (t) => {
  const directory = newDirectory();
  const cannot = (file: string): void =>
    /\.[hr]$/.test(file) ? fail("EPERM") : systemLockFiles.remove(file);
  const locks = open(directory, { remove: cannot });
  for (let round = 1; round <= 40; round += 1) {
    const grant = await expectGrant(locks.try("a"));
    t.equal(grant.token, round);
    await grant.release();
  }
});

await t.test("a process that remembers a deleted directory shows no number in the new one", async (t) => {
  const directory = newDirectory();
  const linked: string[] = [];
  const link: LockFiles["link"] = (existing, name) => {
    systemLockFiles.link(existing, name);
    linked.push(path.basename(name));
  };
  const one = open(directory, { link });
  for (let round = 0; round < 5; round += 1) await (await expectGrant(one.try("a"))).release();
  rmSync(directory, { recursive: true });
  const holder = await expectGrant(open(directory).try("a"));
  linked.length = 0;
  t.equal((await one.try("a")).kind, "timedOut");
  t.strictSame(linked, []);
  t.match(await holder.release(), { kind: "released" });
});

await t.test("a listing from before the directory was deleted does not let in beside the new holder", (t) => {
  const directory = newDirectory();
  mkdirSync(directory);
  const text = (): string =>
    formatRecord({
      ...processes.identify(),
      since: "-",
      agent: undefined,
      session: undefined,
      what: undefined,
      mode: undefined,
      leaseMs: undefined,
    });
  const other = openLadder(directory, createLadderContext());
  for (let round = 1; round <= 3; round += 1) {
    t.match(other.take(text), { kind: "taken", epoch: round });
    other.release(round);
  }
  const slow = openLadder(directory, createLadderContext());
  const between = (): string => {
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    t.match(openLadder(directory, createLadderContext()).take(text), { kind: "taken", epoch: 1 });
    return text();
  };
  t.match(slow.take(between), { kind: "changed" });
  t.ok(readdirSync(directory).includes("1.h"));
  t.notOk(readdirSync(directory).includes("4.h"), "it withdrew");
  t.match(slow.take(text), { kind: "held", epoch: 1 });
  t.end();
});

await t.test("a record that could not be written in full leaves no file", (t) => {
  const directory = newDirectory();
  mkdirSync(directory);
  const module = new URL("../../../../src/lock/file/lock-files.ts", import.meta.url).href;
  const script = `const { systemLockFiles } = await import(${JSON.stringify(module)});
    try { systemLockFiles.create(${JSON.stringify(path.join(directory, "1.h"))}, "x".repeat(100)); }
    catch (error) { process.stdout.write(error.code); }`;
  // A process whose files may have no bytes: opening works and writing fails, as on a full disk.
  const run = spawnSync(
    "sh",
    [
      "-c",
      'trap "" XFSZ; ulimit -f 0; exec "$@"',
      "sh",
      process.execPath,
      "--import=tsx",
      "--input-type=module",
      "-e",
      script,
    ],
    { encoding: "utf8", env: { PATH: process.env["PATH"], TSX_DISABLE_CACHE: "1" } },
  );
  t.equal(run.stdout, "EFBIG", run.stderr);
  t.strictSame(readdirSync(directory), []);
  t.end();
});
