import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import t, { type Test } from "tap";
import { encodeFrame } from "../../../src/store/wal-record.ts";
import { createStoreFolder, storeFolder, type StoreFolder } from "../../support/store.ts";

/** A real file system of 1 MiB, or why there can be none. */
function smallDisk(test: Test): StoreFolder | string {
  const at = mkdtempSync(path.join(os.tmpdir(), "got-small-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", at], { encoding: "utf8" });
  if (mounted.status !== 0) {
    rmSync(at, { recursive: true });
    return `no small disk can be mounted here: ${mounted.error?.message ?? mounted.stderr.trim()}`;
  }
  test.teardown(() => {
    spawnSync("umount", [at]);
    rmSync(at, { recursive: true });
  });
  const tree = path.join(at, "tree");
  mkdirSync(tree);
  return storeFolder(tree);
}

await t.test(
  "on a real disk that is full a commit fails, names file and remedy, and changes nothing",
  async (t) => {
    const folder = smallDisk(t);
    if (typeof folder === "string") {
      t.plan(0, folder);
      return;
    }
    const store = await folder.open();
    await store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 1 }));
    const before = folder.read("task:T-1");
    const wal = path.join(folder.gitDir, "got", "wal", "00000001.wal");
    const log = readFileSync(wal);
    const ballast = path.join(folder.workTree, "ballast");
    fill(ballast);
    await t.rejects(
      store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 2, text: "x".repeat(20_000) })),
      { code: "WRITE_FAILED", message: /00000001\.wal/, facts: { code: "ENOSPC" }, hint: /Make room/ },
    );
    t.same(readFileSync(wal), log);
    t.equal(folder.read("task:T-1"), before);
    rmSync(ballast);
    t.match(await store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 3 })), {
      kind: "committed",
    });
    await store.close();
    t.match(JSON.parse(folder.read("task:T-1")), { n: 3 });
  },
);

await t.test(
  "names that are none are refused by the library, also those that no command line can say",
  async (t) => {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    for (const id of ["a\0b", "..", "a/b", "a\\b", "NUL", "com1.x", "x".repeat(300), "", " ", "a\nb"]) {
      await t.rejects(store.get(`task:${id}`), { code: "INVALID_ENTITY" }, JSON.stringify(id.slice(0, 9)));
      await t.rejects(
        store.transaction((tx) => tx.put({ type: "task", id })),
        { code: "INVALID_ENTITY" },
      );
    }
    t.equal(store.lsn(), 0);
    await store.close();
  },
);

await t.test(
  "an open store whose log a newer version goes on with stops, and leaves it as it is",
  async (t) => {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    await store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 1 }));
    const before = folder.read("task:T-1");
    const wal = path.join(folder.gitDir, "got", "wal");
    const next = encodeFrame({ k: "wal", format: 2, segment: 2, lsn: 1 });
    writeFileSync(path.join(wal, "00000002.wal"), next);
    appendFileSync(path.join(wal, "00000001.wal"), encodeFrame({ k: "next", segment: 2 }));
    for (let attempt = 0; attempt < 2; attempt++) {
      await t.rejects(
        store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 2 })),
        { code: "STORE_UNUSABLE", message: /newer got-hooks \(format 2/, hint: /Upgrade/ },
      );
    }
    t.same(readFileSync(path.join(wal, "00000002.wal")), next);
    t.equal(folder.read("task:T-1"), before);
  },
);

/** Writes until the disk takes no more. */
function fill(file: string): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(4096), { flag: "a" });
  } catch {
    // It is full.
  }
}
