import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { type StoreFiles, systemStoreFiles } from "../../../src/store/store-files.ts";
import { createStoreFolder } from "../../support/store.ts";

/** The system's files, on a disk that takes so many more bytes. */
function fullDisk(): { readonly files: StoreFiles; readonly leave: (bytes: number) => void } {
  let room = Infinity;
  const write: StoreFiles["write"] = (descriptor, bytes) => {
    if (room <= 0) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const written = systemStoreFiles.write(descriptor, bytes.subarray(0, Math.min(room, bytes.length)));
    room -= written;
    return written;
  };
  return { files: { ...systemStoreFiles, write }, leave: (bytes) => (room = bytes) };
}

await t.test(
  "a disk that fills up while the record is written: an error, and everything as before",
  async (t) => {
    const folder = createStoreFolder(t);
    const disk = fullDisk();
    const store = await folder.open({ ports: { files: disk.files } });
    await store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 1 }));
    const before = folder.read("task:T-1");
    const wal = path.join(folder.gitDir, "got", "wal", "00000001.wal");
    const log = readFileSync(wal);
    for (const room of [0, 10, 300]) {
      disk.leave(room);
      await t.rejects(
        store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 2 })),
        {
          code: "WRITE_FAILED",
          message: /Could not append to .*00000001\.wal/,
          facts: { code: "ENOSPC" },
          hint: /Make room/,
        },
        `${room} bytes left`,
      );
      t.same(readFileSync(wal), log);
    }
    t.equal(folder.read("task:T-1"), before);
    disk.leave(Infinity);
    t.match(await store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 3 })), {
      kind: "committed",
      lsn: 2,
    });
    await store.close();
  },
);

await t.test(
  "a disk that fills up while the files are written: committed, pending, and finished later",
  async (t) => {
    const folder = createStoreFolder(t);
    const disk = fullDisk();
    const store = await folder.open({ ports: { files: disk.files } });
    await store.transaction((tx) => tx.put({ type: "task", id: "T-1", text: "" }));
    const text = "x".repeat(5_000);
    // The record has the text twice, as itself and in its event; the file once.
    disk.leave(13_000);
    const outcome = await store.transaction((tx) => tx.put({ type: "task", id: "T-1", text }));
    t.match(outcome, { kind: "committed", pending: /Could not write .*T-1\.json/ });
    t.match(await store.get("task:T-1"), { text });
    disk.leave(Infinity);
    await store.close();
    t.match(JSON.parse(folder.read("task:T-1")), { text });
    t.same(readdirSync(path.dirname(folder.file("task:T-1"))), ["T-1.json"]);
  },
);

await t.test("a folder that can't be written to is told before anything is", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open({ ports: { files: { ...systemStoreFiles, isWritable: () => false } } });
  await t.rejects(
    store.transaction((tx) => tx.put({ type: "task", id: "T-1" })),
    { code: "WRITE_FAILED", message: /can't be written to/ },
  );
  t.equal(store.lsn(), 0);
  await store.close();
});
