import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import type { EntityContention } from "../../../../src/store/metrics/contention-counts.ts";
import { readAborted, readEntityContention } from "../../../../src/store/metrics/read-entity-contention.ts";
import { storeLimits } from "../../../../src/store/store-limits.ts";
import type { Store } from "../../../../src/store/store.ts";
import { createStoreFolder, type StoreFolder } from "../../../support/store.ts";

const start = new Date(0);
const metrics = (folder: StoreFolder): string => path.join(folder.gitDir, "got", "metrics");

/** Opens a store with `task:1`, runs `work`, closes it and gives what was counted from `work` on, by reference. */
async function counted(
  t: Test,
  work: (store: Store) => Promise<void>,
): Promise<{ readonly folder: StoreFolder; readonly of: (ref: string) => EntityContention | undefined }> {
  const folder = createStoreFolder(t);
  const first = await folder.open({ now: () => new Date("1969-12-31T00:00:00Z") });
  await first.transaction((tx) => tx.put({ type: "task", id: "1", status: "open", points: 1, notes: "a" }));
  await first.close();
  const store = await folder.open();
  await work(store);
  await store.close();
  const { entities, skippedLines } = readEntityContention(metrics(folder), start);
  t.equal(skippedLines, 0);
  for (const { attempts, commits, conflicts, abandoned } of entities)
    t.equal(attempts, commits + conflicts + abandoned, "every try has one end");
  return { folder, of: (ref) => entities.find((one) => one.ref === ref) };
}

const task = { type: "task", id: "1", status: "open", points: 1, notes: "a" };

await t.test(
  "a conflict is counted with the fields that others changed and those clashed over",
  async (t) => {
    const { of } = await counted(t, async (store) => {
      const [one, two] = [store.begin(), store.begin()];
      await one.put({ ...task, status: "closed", notes: "b" });
      await two.put({ ...task, status: "blocked" });
      t.equal((await one.commit()).kind, "committed");
      t.equal((await two.commit()).kind, "conflict");
    });
    t.match(of("task:1"), {
      attempts: 2,
      commits: 1,
      conflicts: 1,
      apartConflicts: 0,
      readConflicts: 0,
      fields: [
        { field: "status", attempts: 2, conflicts: 1, clashes: 1, shape: "other" },
        { field: "notes", attempts: 1, conflicts: 1, clashes: 0 },
      ],
    });
  },
);

await t.test(
  "changes of different fields are told from clashes, and settled ones from failed ones",
  async (t) => {
    const { of } = await counted(t, async (store) => {
      const [one, two] = [store.begin(), store.begin()];
      await one.put({ ...task, status: "closed" });
      await two.put({ ...task, points: 2 });
      await one.commit();
      t.equal((await two.commit()).kind, "conflict");
      const three = store.begin();
      const now = (await three.get("task:1")) ?? task;
      await store.transaction((tx) => tx.put({ ...now, notes: "c" }));
      await three.put({ ...now, points: 3 });
      t.same(await three.resolve("task:1", "MERGE"), []);
      t.equal((await three.commit()).kind, "committed");
    });
    t.match(of("task:1"), { attempts: 4, commits: 3, conflicts: 1, apartConflicts: 1, settled: 1 });
  },
);

await t.test("who changes a field to the same value clashes too: two who count up wanted both", async (t) => {
  const { of } = await counted(t, async (store) => {
    const both = [store.begin(), store.begin()];
    for (const tx of both) await tx.put({ ...task, points: 2 });
    for (const tx of both) await tx.commit();
  });
  t.match(of("task:1"), {
    conflicts: 1,
    apartConflicts: 0,
    fields: [{ field: "points", conflicts: 1, clashes: 1, shape: "number" }],
  });
});

await t.test('onConflict: "merge" settles without a failed try', async (t) => {
  const { of } = await counted(t, async (store) => {
    let isFirst = true;
    const outcome = await store.transaction(
      async (tx) => {
        const now = (await tx.get("task:1")) ?? task;
        if (isFirst) await store.transaction((other) => other.put({ ...now, points: 2 }));
        isFirst = false;
        await tx.put({ ...now, status: "closed" });
      },
      { onConflict: "merge" },
    );
    t.match(outcome, { kind: "committed", attempts: 1 });
  });
  t.match(of("task:1"), { attempts: 2, commits: 2, conflicts: 0, settled: 1, retries: 0 });
});

await t.test("a try again is a retry of what stood in the way", async (t) => {
  const { of } = await counted(t, async (store) => {
    let tries = 0;
    const outcome = await store.transaction(async (tx) => {
      const now = (await tx.get("task:1")) ?? task;
      if (++tries < 3) {
        const other = store.begin();
        await other.put({ ...task, points: tries + 10 });
        await other.commit();
      }
      await tx.put({ ...now, points: 5 });
      await tx.put({ type: "task", id: "2", title: "innocent" });
    });
    t.match(outcome, { kind: "committed", attempts: 3 });
  });
  t.match(of("task:1"), { attempts: 5, commits: 3, conflicts: 2, retries: 2 });
  t.match(of("task:2"), { attempts: 3, commits: 1, conflicts: 0, abandoned: 2, retries: 0 });
});

await t.test("reads and listings that went stale are told from writes", async (t) => {
  const { of } = await counted(t, async (store) => {
    const reader = store.begin();
    await reader.get("task:1");
    await reader.put({ type: "note", id: "1", text: "x" });
    const lister = store.begin();
    await lister.list("task");
    await lister.put({ type: "note", id: "2", text: "x" });
    await store.transaction((tx) => tx.put({ ...task, points: 2 }));
    t.equal((await reader.commit()).kind, "conflict");
    t.equal((await lister.commit()).kind, "conflict");
    const careless = store.begin({ isolation: "snapshot" });
    await careless.get("task:1");
    await careless.put({ type: "note", id: "3", text: "x" });
    t.equal((await careless.commit()).kind, "committed");
  });
  t.match(of("task:1"), { attempts: 2, commits: 1, conflicts: 1, readConflicts: 1 });
  t.match(of("task:*"), { attempts: 1, commits: 0, conflicts: 1, readConflicts: 1 });
  t.match(of("note:1"), { attempts: 1, conflicts: 0, abandoned: 1 });
});

await t.test("what only reads is not counted, and then nothing is written", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  await store.get("task:1");
  await store.list("task");
  t.equal((await store.begin().commit()).kind, "committed");
  store.begin().rollback();
  await store.close();
  t.strictSame(readEntityContention(metrics(folder), start), { entities: [], locks: [], skippedLines: 0 });
  t.throws(() => readdirSync(metrics(folder)), { code: "ENOENT" });
});

await t.test("every transaction that changed nothing is written down with its reason", async (t) => {
  const { folder } = await counted(t, async (store) => {
    const rolledBack = store.begin();
    await rolledBack.put({ ...task, points: 9 });
    rolledBack.rollback();
    const beaten = store.begin();
    await beaten.put({ ...task, points: 8 });
    await store.transaction((tx) => tx.put({ ...task, points: 7 }));
    await beaten.detectConflicts();
    beaten.rollback();
    await t.rejects(
      store.transaction(async (tx) => {
        await tx.put({ ...task, points: 6 });
        throw new Error("changed my mind");
      }),
      /changed my mind/,
    );
  });
  t.match(readAborted(metrics(folder), start), [
    { agent: "ada", session: null, reason: "rolledBack", refs: ["task:1"], conflicts: [] },
    {
      reason: "conflict",
      conflicts: [
        { ref: "task:1", reason: "write", expected: 1, actual: 2, fields: ["points"], clashes: ["points"] },
      ],
    },
    { reason: "rolledBack" },
  ]);
});

await t.test("a long-lived store writes down what it counts before it is closed", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  t.teardown(() => store.close());
  await store.transaction(async (tx) => {
    for (let id = 0; id < storeLimits.contentionRefs + 5; id++)
      await tx.put({ type: "task", id: String(id), n: id });
  });
  const { entities } = readEntityContention(metrics(folder), start);
  t.equal(entities.length, storeLimits.contentionRefs, "of a wide transaction the first so many are counted");
});

await t.test("lines of others, torn ones and hostile ones are passed over", async (t) => {
  const { folder, of } = await counted(t, async (store) => {
    await store.transaction((tx) => tx.put({ ...task, points: 2 }));
  });
  t.match(of("task:1"), { attempts: 1 });
  const [name = ""] = readdirSync(metrics(folder)).filter((one) => !one.includes("1969"));
  const file = path.join(metrics(folder), name);
  const good = readFileSync(file, "utf8").split("\n")[0] ?? "";
  const bad = [
    "{",
    "null",
    good.replace('"entity"', '"later"'),
    good.replace("task:1", "../x"),
    good.slice(0, -9),
  ];
  const odd = good.replace('"attempts":1', '"attempts":-5,"conflicts":"many","__proto__":{"commits":9}');
  appendFileSync(file, [...bad, odd, ""].join("\n"));
  const { entities, skippedLines } = readEntityContention(metrics(folder), start);
  t.equal(skippedLines, bad.length);
  t.match(entities, [{ ref: "task:1", attempts: 1, commits: 2, conflicts: 0 }]);
});

await t.test("no transaction fails because it cannot be measured", async (t) => {
  const folder = createStoreFolder(t);
  mkdirSync(path.join(folder.gitDir, "got"), { recursive: true });
  writeFileSync(metrics(folder), "a file where the folder should be");
  const store = await folder.open();
  t.match(await store.transaction((tx) => tx.put(task)), { kind: "committed" });
  await store.close();
  t.throws(() => readEntityContention(metrics(folder), start), { code: "LOCK_UNAVAILABLE" });
});
