import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import t from "tap";
import { removeFreeLocks, withInstallLock } from "../../../src/install/install-lock.ts";
import { createLocks } from "../../../src/lock/create-locks.ts";
import { createFileBackend } from "../../../src/lock/file/file-backend.ts";
import { expectGrant } from "../../contract/lock/support.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "got-install-lock-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const newCommonDir = (): string => path.join(folder, String((made += 1)));
const open = (commonDir: string) =>
  createLocks({
    backend: createFileBackend({ directory: path.join(commonDir, "got", "locks") }),
    process: { pid: process.pid, host: os.hostname() },
  });

await t.test("removing the lock leaves nothing, and a failed action keeps it for the next", (t) => {
  const commonDir = newCommonDir();
  t.throws(() =>
    withInstallLock(
      commonDir,
      "test",
      () => {
        throw new Error("failed");
      },
      { removeAfter: true },
    ),
  );
  t.ok(existsSync(path.join(commonDir, "got", "locks", "install", "1.r")), "given back");
  t.equal(
    withInstallLock(commonDir, "test", () => 7, { removeAfter: true }),
    7,
  );
  t.strictSame(readdirSync(commonDir), []);
  t.end();
});

await t.test("who waits while the lock is removed gets it next, alone", async (t) => {
  const commonDir = newCommonDir();
  const [one, two] = [open(commonDir), open(commonDir)];
  let waiting: ReturnType<typeof one.acquire> | undefined;
  withInstallLock(
    commonDir,
    "test",
    () => {
      // Its first look, at the directory that is about to go, happens here.
      waiting = one.acquire("install", { timeoutMs: 10_000 });
    },
    { removeAfter: true },
  );
  if (waiting === undefined) throw new Error("nobody waits");
  const grant = await expectGrant(waiting);
  t.match(await two.try("install"), { kind: "timedOut" });
  t.match(await grant.release(), { kind: "released" }, "nobody gave it back in its name");
});

await t.test("the lock of whoever comes after the removal is not given back by the one before", async (t) => {
  const commonDir = newCommonDir();
  const locks = open(commonDir);
  withInstallLock(commonDir, "test", () => {}, { removeAfter: true });
  const grant = await expectGrant(locks.try("install"));
  t.equal(grant.token, 1, "a new directory");
  t.match(await open(commonDir).try("install"), { kind: "timedOut" });
  await grant.release();
});

await t.test(
  "locks that are held stay, also those held together; free ones and other files go",
  async (t) => {
    const commonDir = newCommonDir();
    const locks = open(commonDir);
    const free = await expectGrant(locks.try("free"));
    await free.release();
    const alone = await expectGrant(locks.try("alone"));
    const shared = await expectGrant(locks.try("a/shared", { mode: "shared" }));
    writeFileSync(path.join(commonDir, "got", "locks", "junk"), "");
    t.strictSame([...removeFreeLocks(commonDir)].sort(), ["a/shared", "alone"]);
    t.strictSame(readdirSync(path.join(commonDir, "got", "locks")).sort(), ["a%2Fshared", "alone"]);
    for (const grant of [alone, shared]) t.match(await grant.release(), { kind: "released" });
    t.strictSame(removeFreeLocks(commonDir), []);
    t.strictSame(readdirSync(path.join(commonDir, "got", "locks")), []);
  },
);
