import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { createStoreFolder } from "../../support/store.ts";

await t.test(
  "a file that was edited by hand is read as it is, and adopted with an event by who uses it next",
  async (t) => {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    await store.transaction((tx) => tx.put({ type: "task", id: "T-1", title: "one", n: 1 }));
    folder.write("task:T-1", folder.read("task:T-1").replace('"one"', '"by hand"'));
    t.match(await store.get("task:T-1"), { title: "by hand", version: 1 });
    await store.transaction(async (tx) => {
      const task = await tx.get("task:T-1");
      if (task !== null) await tx.put({ ...task, n: 2 });
    });
    t.match(await store.get("task:T-1"), { title: "by hand", n: 2, version: 2 });
    t.match(
      folder.events.map(({ event, by, fields }) => ({ event, by, fields })),
      [
        { event: "entity.created", by: "ada" },
        { event: "entity.updated", by: "outside", fields: { title: "by hand" } },
        { event: "entity.updated", by: "ada", fields: { n: 2 } },
      ],
    );
    await store.close();
  },
);

await t.test(
  "an edit between a transaction's read and its commit is a conflict, never overwritten",
  async (t) => {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    folder.write("task:T-1", '{"id":"T-1","type":"task","version":4,"title":"one"}\n');
    const tx = store.begin();
    const task = await tx.get("task:T-1");
    if (task !== null) await tx.put({ ...task, title: "two" });
    folder.write("task:T-1", '{"id":"T-1","type":"task","version":4,"title":"by hand"}\n');
    t.match(await tx.commit(), {
      kind: "conflict",
      conflicts: [{ ref: "task:T-1", fields: ["title"], clashes: ["title"] }],
    });
    t.match(folder.read("task:T-1"), "by hand");
    await store.close();
  },
);

await t.test(
  "edits that no transaction touches are adopted by the first commit of the next process; reading adopts nothing",
  async (t) => {
    const folder = createStoreFolder(t);
    const first = await folder.open();
    await first.transaction(async (tx) => {
      for (const id of ["A", "B", "C", "D"]) await tx.put({ type: "task", id, title: "one" });
    });
    await first.close();
    const created = folder.events.length;
    const byHand = folder.read("task:B").replace('"one"', '"by hand"');
    const withMarkers = `<<<<<<< ours\n${folder.read("task:C")}=======\n>>>>>>> theirs\n`;
    folder.write("task:B", byHand);
    folder.write("task:C", withMarkers);
    rmSync(folder.file("task:D"));
    const reader = await folder.open();
    t.match(await reader.get("task:B"), { title: "by hand" });
    t.equal(await reader.get("task:D"), null);
    await reader.close();
    t.equal(folder.events.length, created, "reading wrote nothing");
    const writer = await folder.open();
    await writer.transaction((tx) => tx.put({ type: "task", id: "A", title: "two" }));
    t.match(folder.events.slice(created), [
      { event: "entity.updated", ref: "task:B", by: "outside", fields: { title: "by hand" } },
      { event: "entity.deleted", ref: "task:D", by: "outside" },
      { event: "entity.updated", ref: "task:A", by: "ada" },
    ]);
    await writer.transaction((tx) => tx.put({ type: "task", id: "A", title: "three" }));
    t.equal(folder.events.length, created + 4, "each edit is adopted once");
    t.equal(folder.read("task:B"), byHand);
    t.equal(folder.read("task:C"), withMarkers);
    t.notOk(existsSync(folder.file("task:D")));
    t.match(await writer.readAtVersion("task:B", 2), { kind: "found", entity: { title: "by hand" } });
    await writer.close();
  },
);

await t.test("what is not touched keeps its source text: 1.0, twenty digits, unknown fields", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  folder.write(
    "task:T-1",
    '{"type":"task","id":"T-1","cost":1.0,"serial":12345678901234567890,"deep":{"a":1e400,"b":[1.50]},"status":"open"}',
  );
  await store.transaction(async (tx) => {
    const task = await tx.get("task:T-1");
    if (task !== null) await tx.put({ ...task, status: "closed" });
  });
  const text = folder.read("task:T-1");
  for (const piece of [
    '"cost": 1.0,',
    '"serial": 12345678901234567890,',
    '"a": 1e400',
    "1.50",
    '"status": "closed"',
    '"version": 1',
  ]) {
    t.match(text, piece);
  }
  t.ok(text.startsWith('{\n  "type": "task",\n  "id": "T-1",\n'), "keys keep their order");
  await store.close();
});

await t.test("duplicate keys are told and never resolved by chance", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  folder.write("task:T-1", '{"id":"T-1","type":"task","a":1,"a":2}');
  await t.rejects(
    store.transaction((tx) => tx.put({ type: "task", id: "T-1", b: 1 })),
    {
      code: "INVALID_ENTITY",
      message: /T-1\.json:1: .*duplicate key/,
    },
  );
  await store.close();
});

await t.test(
  "what JSON cannot hold and what is too large is refused before anything is written",
  async (t) => {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    await t.rejects(
      store.transaction((tx) => tx.put({ type: "task", id: "T-1", n: Number.NaN })),
      { code: "INVALID_ENTITY", message: /n is NaN/ },
    );
    await t.rejects(
      store.transaction((tx) => tx.put({ type: "task", id: "T-1", text: "x".repeat(50 * 1024 * 1024) })),
      { code: "LIMIT_EXCEEDED" },
    );
    folder.write("task:T-2", `{"text":"${"x".repeat(9 * 1024 * 1024)}"}`);
    await t.rejects(store.get("task:T-2"), { code: "LIMIT_EXCEEDED", message: /T-2\.json is larger/ });
    t.notOk(existsSync(folder.file("task:T-1")));
    await store.close();
  },
);

await t.test("onConflict merge puts changes of different fields on top of each other", async (t) => {
  const folder = createStoreFolder(t);
  const [store, other] = [await folder.open(), await folder.open()];
  await store.transaction((tx) =>
    tx.put({ type: "task", id: "T-1", title: "one", tags: ["a"], status: "open" }),
  );
  let runs = 0;
  const outcome = await store.transaction(
    async (tx) => {
      runs++;
      const task = await tx.get("task:T-1");
      await other.transaction(async (second) => {
        const same = await second.get("task:T-1");
        if (same !== null) await second.put({ ...same, title: "two", tags: ["a", "b"] });
      });
      if (task !== null) await tx.put({ ...task, status: "closed", tags: ["a", "c"] });
    },
    { onConflict: "merge", isolation: "snapshot" },
  );
  t.match(outcome, { kind: "committed", attempts: 1 });
  t.equal(runs, 1);
  t.match(await store.get("task:T-1"), { title: "two", status: "closed", version: 3 });
  const tags = (await store.get("task:T-1"))?.["tags"];
  t.same(new Set(Array.isArray(tags) ? tags : []), new Set(["a", "b", "c"]));
  const failed = await store.transaction(
    async (tx) => {
      const task = await tx.get("task:T-1");
      await other.transaction(async (second) => {
        const same = await second.get("task:T-1");
        if (same !== null) await second.put({ ...same, title: "three" });
      });
      if (task !== null) await tx.put({ ...task, title: "four" });
    },
    { onConflict: "fail" },
  );
  t.match(failed, { kind: "conflict", attempts: 1, conflicts: [{ ref: "task:T-1", clashes: ["title"] }] });
  await Promise.all([store.close(), other.close()]);
});

await t.test("OURS, THEIRS and MERGE settle conflicts before the commit", async (t) => {
  for (const [how, title, points] of [
    ["OURS", "ours", 1],
    ["THEIRS", "theirs", 2],
    ["MERGE", "theirs", 2],
  ] as const) {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    await store.transaction((tx) =>
      tx.put({ type: "task", id: "T-1", title: "one", points: 1, status: "open" }),
    );
    const tx = store.begin();
    const mine = await tx.get("task:T-1");
    if (mine !== null)
      await tx.put(how === "MERGE" ? { ...mine, status: "closed" } : { ...mine, title: "ours" });
    await store.transaction((second) =>
      second.put({ type: "task", id: "T-1", title: "theirs", points: 2, status: "open" }),
    );
    t.match(await tx.detectConflicts(), [{ ref: "task:T-1", expected: 1, actual: 2 }]);
    t.same(await tx.resolveAll(how), []);
    t.equal((await tx.commit()).kind, "committed");
    t.match(await store.get("task:T-1"), { title, points, status: how === "MERGE" ? "closed" : "open" }, how);
    await store.close();
  }
});

await t.test("a log of a newer version is refused and left as it is", async (t) => {
  const folder = createStoreFolder(t);
  const { encodeFrame } = await import("../../../src/store/wal-record.ts");
  const store = await folder.open();
  await store.transaction((tx) => tx.put({ type: "task", id: "T-1" }));
  await store.close();
  const file = path.join(folder.gitDir, "got", "wal", "00000001.wal");
  writeFileSync(file, encodeFrame({ k: "wal", format: 2, segment: 1, lsn: 0 }));
  const before = readFileSync(file);
  await t.rejects(folder.open(), { code: "STORE_UNUSABLE", message: /newer got-hooks \(format 2/ });
  t.same(readFileSync(file), before);
});

await t.test("a torn record is cut off, kept aside and told", async (t) => {
  const folder = createStoreFolder(t);
  const first = await folder.open();
  await first.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 1 }));
  await first.close();
  const wal = path.join(folder.gitDir, "got", "wal");
  const file = path.join(wal, "00000001.wal");
  writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from("torn piece of a record")]));
  const second = await folder.open();
  await second.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 2 }));
  await second.close();
  t.match(folder.problems, [{ kind: "tornRecord", file: /torn-1-/ }]);
  t.equal(readdirSync(wal).filter((name) => name.startsWith("torn-")).length, 1);
  const third = await folder.open();
  t.match(await third.get("task:T-1"), { n: 2, version: 2 });
  await third.close();
});

await t.test("the log is cut into segments, and a store that slept meanwhile finds its way", async (t) => {
  const folder = createStoreFolder(t);
  const [busy, sleepy] = [await folder.open(), await folder.open()];
  await busy.transaction((tx) => tx.put({ type: "big", id: "b", n: 0, text: "" }));
  t.equal(sleepy.lsn(), 1);
  const old = sleepy.begin();
  const text = "x".repeat(1024 * 1024);
  for (let n = 1; n <= 14; n++) await busy.transaction((tx) => tx.put({ type: "big", id: "b", n, text }));
  t.ok(
    readdirSync(path.join(folder.gitDir, "got", "wal")).filter((name) => name.endsWith(".wal")).length <= 2,
  );
  t.equal(sleepy.lsn(), 15);
  await t.rejects(old.get("big:b"), { message: /forgotten/ });
  old.rollback();
  t.match(await sleepy.get("big:b"), { n: 14, version: 15 });
  const done = await sleepy.transaction((tx) => tx.put({ type: "big", id: "b", n: 99 }));
  t.match(done, { kind: "committed", lsn: 16 });
  await Promise.all([busy.close(), sleepy.close()]);
});

await t.test(
  "files wait for git's index.lock, which is never taken away; the transaction is committed",
  async (t) => {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    const held = path.join(folder.gitDir, "index.lock");
    writeFileSync(held, "git's own");
    const outcome = await store.transaction(async (tx) => {
      await tx.put({ type: "task", id: "A" });
      await tx.put({ type: "task", id: "B" });
    });
    t.match(outcome, { kind: "committed", pending: /index\.lock is held/ });
    t.equal(readFileSync(held, "utf8"), "git's own");
    t.notOk(existsSync(folder.file("task:A")));
    t.match(await store.get("task:A"), { id: "A" }, "readers of the store have it");
    rmSync(held);
    await store.close();
    t.ok(existsSync(folder.file("task:A")) && existsSync(folder.file("task:B")));
  },
);
