import { existsSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { createStoreFolder } from "../../support/store.ts";

await t.test("events are made durable before the log gives up the records that they are from", async (t) => {
  const folder = createStoreFolder(t);
  const nextSegment = path.join(folder.gitDir, "got", "wal", "00000002.wal");
  const synced: { readonly events: number; readonly rotated: boolean }[] = [];
  const store = await folder.open({
    ports: { segmentBytes: 1000 },
    syncEvents: () => void synced.push({ events: folder.events.length, rotated: existsSync(nextSegment) }),
  });
  for (let n = 1; n <= 2 && synced.length === 0; n++) {
    await store.transaction((tx) => tx.put({ type: "task", id: "T-1", n, text: "x".repeat(600) }));
  }
  await store.close();
  t.ok(existsSync(nextSegment));
  t.same(synced, [{ events: 1, rotated: false }]);
});

await t.test("with paranoid they are before each success", async (t) => {
  const folder = createStoreFolder(t);
  let synced = 0;
  const store = await folder.open({
    durability: "paranoid",
    syncEvents: () => (synced = folder.events.length),
  });
  for (let n = 1; n <= 3; n++) {
    await store.transaction((tx) => tx.put({ type: "task", id: "T-1", n }));
    t.equal(synced, n);
  }
  await store.close();
});
