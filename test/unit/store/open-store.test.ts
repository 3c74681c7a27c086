import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { createStoreFolder } from "../../support/store.ts";

await t.test("an entity is created, read, changed, listed and deleted", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open({ now: () => new Date("2026-11-21T03:04:05.678Z") });
  const created = await store.transaction((tx) => tx.put({ type: "task", id: "T-1", title: "one" }));
  t.match(created, { kind: "committed", lsn: 1, versions: { "task:T-1": 1 }, attempts: 1 });
  t.equal(
    folder.read("task:T-1"),
    `{
  "id": "T-1",
  "type": "task",
  "version": 1,
  "created_at": "2026-11-21T03:04:05.678Z",
  "updated_at": "2026-11-21T03:04:05.678Z",
  "updated_by": "ada",
  "title": "one"
}
`,
  );
  const changed = await store.transaction(async (tx) => {
    const task = await tx.get("task:T-1");
    if (task === null) throw new Error("it is not there");
    await tx.put({ ...task, status: "closed" });
    t.match(await tx.get("task:T-1"), { status: "closed", version: 2 }, "a transaction reads its own writes");
  });
  t.match(changed, { kind: "committed", lsn: 2, versions: { "task:T-1": 2 } });
  t.match(await store.list("task"), [{ id: "T-1", title: "one", status: "closed", version: 2 }]);
  t.equal((await store.list("task", (task) => task["status"] === "open")).length, 0);
  await store.transaction((tx) => tx.delete("task:T-1"));
  t.equal(await store.get("task:T-1"), null);
  t.notOk(existsSync(folder.file("task:T-1")));
  t.same(
    folder.events.map(({ event, ref, version, fields }) => ({ event, ref, version, fields })),
    [
      { event: "entity.created", ref: "task:T-1", version: 1, fields: { title: "one" } },
      { event: "entity.updated", ref: "task:T-1", version: 2, fields: { status: "closed" } },
      { event: "entity.deleted", ref: "task:T-1", version: 2, fields: {} },
    ],
  );
  await store.close();
  t.same(readdirSync(path.join(folder.workTree, ".got", "entities", "task")), []);
});

await t.test("a change that changes nothing writes nothing", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  await store.transaction((tx) => tx.put({ type: "task", id: "T-1", tags: ["a"] }));
  const before = folder.read("task:T-1");
  const again = await store.transaction((tx) => tx.put({ type: "task", id: "T-1", tags: ["a"] }));
  t.match(again, { kind: "committed", versions: {} });
  t.equal(folder.read("task:T-1"), before);
  t.equal(store.lsn(), 1);
  await store.close();
});

await t.test("what work throws rolls everything back", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  await t.rejects(
    store.transaction(async (tx) => {
      await tx.put({ type: "task", id: "T-1" });
      throw new Error("no");
    }),
    { message: "no" },
  );
  t.equal(await store.get("task:T-1"), null);
  t.notOk(existsSync(path.join(folder.workTree, ".got")), "nothing was made");
  await store.close();
});

await t.test(
  "two transactions that changed one entity: the second conflicts, and says over what",
  async (t) => {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    await store.transaction((tx) => tx.put({ type: "task", id: "T-1", status: "open", points: 1 }));
    const [first, second] = [store.begin(), store.begin()];
    for (const [tx, status] of [
      [first, "closed"],
      [second, "blocked"],
    ] as const) {
      const task = await tx.get("task:T-1");
      if (task !== null) await tx.put({ ...task, status });
    }
    t.equal((await first.commit()).kind, "committed");
    t.same(await second.commit(), {
      kind: "conflict",
      conflicts: [
        { ref: "task:T-1", reason: "write", expected: 1, actual: 2, fields: ["status"], clashes: ["status"] },
      ],
    });
    t.same([first.state(), second.state()], ["COMMITTED", "ABORTED"]);
    await t.rejects(second.put({ type: "task", id: "T-2" }), { code: "USAGE" });
    t.match(await store.get("task:T-1"), { status: "closed", version: 2 });
    await store.close();
  },
);

await t.test("a snapshot is read although others commit meanwhile", async (t) => {
  const folder = createStoreFolder(t);
  const [store, other] = [await folder.open(), await folder.open()];
  await store.transaction(async (tx) => {
    await tx.put({ type: "task", id: "A", n: 1 });
    await tx.put({ type: "task", id: "B", n: 1 });
  });
  const reader = store.begin();
  t.match(await reader.get("task:A"), { n: 1 });
  for (let n = 2; n < 40; n++) {
    const done = await other.transaction(async (tx) => {
      await tx.put({ type: "task", id: "A", n });
      await tx.put({ type: "task", id: "B", n });
      await tx.put({ type: "task", id: `new-${n}` });
    });
    t.equal(done.kind, "committed");
  }
  t.match(await reader.get("task:B"), { n: 1, version: 1 });
  t.equal(await reader.get("task:new-5"), null);
  t.same(
    (await reader.list("task")).map(({ id }) => id),
    ["A", "B"],
  );
  reader.rollback();
  t.match(await store.get("task:B"), { n: 39 });
  t.match(await store.readAtVersion("task:B", 1), { kind: "found", entity: { n: 1 } });
  await Promise.all([store.close(), other.close()]);
});

await t.test("fifty increments at once in one process are all counted", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  await store.transaction((tx) => tx.put({ type: "counter", id: "c", n: 0 }));
  await Promise.all(
    Array.from({ length: 50 }, () =>
      store.transaction(async (tx) => {
        const counter = await tx.get("counter:c");
        await tx.put({ type: "counter", id: "c", n: Number(counter?.["n"]) + 1 });
      }),
    ),
  );
  t.match(await store.get("counter:c"), { n: 50, version: 51 });
  await store.close();
});

await t.test("a store that is opened again knows everything", async (t) => {
  const folder = createStoreFolder(t);
  const first = await folder.open();
  await first.transaction((tx) => tx.put({ type: "task", id: "T-1", n: 1 }));
  await first.close();
  const second = await folder.open();
  t.equal(second.lsn(), 1);
  t.match(await second.get("task:T-1"), { n: 1, version: 1 });
  await second.close();
});

await t.test("a symbolic link in the place of .got, a type or an entity is refused", async (t) => {
  for (const place of [".got", ".got/entities", ".got/entities/task", ".got/entities/task/T-1.json"]) {
    const folder = createStoreFolder(t);
    const outside = createStoreFolder(t);
    const link = path.join(folder.workTree, place);
    mkdirSync(path.dirname(link), { recursive: true });
    const target = place.endsWith(".json") ? path.join(outside.workTree, "file") : outside.workTree;
    if (place.endsWith(".json")) writeFileSync(target, "{}");
    symlinkSync(target, link);
    await t.rejects(
      async () => {
        const store = await folder.open();
        try {
          await store.transaction((tx) => tx.put({ type: "task", id: "T-1" }));
        } finally {
          await store.close();
        }
      },
      { message: /symbolic link/ },
      place,
    );
    rmSync(link);
  }
});
