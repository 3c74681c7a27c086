import t, { type Test } from "tap";
import type { Resolution, Store, Transaction } from "../../../src/store/store.ts";
import { storeLimits } from "../../../src/store/store-limits.ts";
import { createStoreFolder } from "../../support/store.ts";

const refs = ["task:changed", "task:clash", "task:deleted", "task:created"];

/** A transaction whose every write is in conflict with what others have committed, and the store. */
async function conflicting(t: Test): Promise<{ readonly store: Store; readonly mine: Transaction }> {
  const store = await createStoreFolder(t).open();
  t.teardown(() => store.close());
  const task = (id: string, fields: object): { type: string; id: string } => ({
    type: "task",
    id,
    ...fields,
  });
  await store.transaction(async (tx) => {
    for (const id of ["changed", "clash", "deleted"])
      await tx.put(task(id, { title: "old", points: 1, tags: ["a"] }));
  });
  const mine = store.begin();
  await mine.put(task("changed", { title: "old", points: 2, tags: ["a", "mine"] }));
  await mine.put(task("clash", { title: "mine", points: 1, tags: ["a"] }));
  await mine.put(task("deleted", { title: "mine", points: 1, tags: ["a"] }));
  await mine.put(task("created", { title: "mine" }));
  await store.transaction(async (tx) => {
    await tx.put(task("changed", { title: "theirs", points: 4, tags: ["a"] }));
    await tx.put(task("clash", { title: "theirs", points: 1, tags: ["a"] }));
    await tx.delete("task:deleted");
    await tx.put(task("created", { title: "theirs" }));
  });
  t.same(
    (await mine.detectConflicts()).map(({ ref }) => ref).sort(),
    refs.toSorted(),
    "the whole set is in conflict",
  );
  return { store, mine };
}

async function titles(store: Store): Promise<readonly unknown[]> {
  return await Promise.all(refs.map(async (ref) => (await store.get(ref))?.["title"] ?? null));
}

await t.test("OURS keeps the whole set of our changes on top of theirs", async (t) => {
  const { store, mine } = await conflicting(t);
  t.same(await mine.resolveAll("OURS"), []);
  t.match(await mine.commit(), { kind: "committed", versions: { "task:changed": 3, "task:created": 2 } });
  t.same(await titles(store), ["old", "mine", "mine", "mine"]);
  t.match(await store.get("task:changed"), { points: 2, tags: ["a", "mine"] });
});

await t.test("THEIRS drops the whole set of our changes", async (t) => {
  const { store, mine } = await conflicting(t);
  const before = store.lsn();
  t.same(await mine.resolveAll("THEIRS"), []);
  t.match(await mine.commit(), { kind: "committed", versions: {} });
  t.same(await titles(store), ["theirs", "theirs", null, "theirs"]);
  t.equal(store.lsn(), before, "and writes nothing");
});

await t.test("MERGE joins what the policy can join and leaves the rest in conflict", async (t) => {
  const { store, mine } = await conflicting(t);
  const left = (await mine.resolveAll("MERGE")).map(({ ref }) => ref).sort();
  t.same(left, ["task:clash", "task:created", "task:deleted"]);
  t.match(await mine.get("task:changed"), { title: "theirs", points: 5, tags: ["a", "mine"] });
  for (const [ref, how] of [
    ["task:clash", "OURS"],
    ["task:created", "THEIRS"],
    ["task:deleted", "THEIRS"],
  ] as const satisfies readonly (readonly [string, Resolution])[])
    await mine.resolve(ref, how);
  t.same(await mine.detectConflicts(), []);
  t.equal((await mine.commit()).kind, "committed");
  t.same(await titles(store), ["theirs", "mine", null, "theirs"], "each as it was settled");
});

await t.test("what was settled and changes again is in conflict again", async (t) => {
  const { store, mine } = await conflicting(t);
  t.same(await mine.resolveAll("OURS"), []);
  await store.transaction((tx) => tx.put({ type: "task", id: "clash", title: "later" }));
  t.match(await mine.commit(), { kind: "conflict", conflicts: [{ ref: "task:clash", actual: 3 }] });
  t.equal((await store.get("task:clash"))?.["title"], "later", "nothing was written");
});

await t.test("a version is readable while others commit, until it is forgotten", async (t) => {
  const store = await createStoreFolder(t).open();
  t.teardown(() => store.close());
  const set = async (n: number): Promise<number> => {
    await store.transaction((tx) => tx.put({ type: "task", id: "1", n }));
    return store.lsn();
  };
  const lsns: number[] = [];
  for (let n = 1; n <= 3; n++) lsns.push(await set(n));
  for (const [index, lsn] of lsns.entries())
    t.match(await store.readAtVersion("task:1", lsn), { kind: "found", entity: { n: index + 1 } });
  t.match(await store.readAtVersion("task:1", 0), { kind: "found", entity: null }, "before it was there");
  const holding = store.begin();
  for (let n = 4; n <= storeLimits.versionsKept * 3; n++) await set(n);
  t.match(await store.readAtVersion("task:1", lsns[0] ?? 0), { kind: "snapshotTooOld" });
  t.match(await holding.get("task:1"), { n: 3 }, "a running transaction keeps what it may ask for");
  t.match(await store.readAtVersion("task:1", lsns[2] ?? 0), { kind: "found", entity: { n: 3 } });
  holding.rollback();
});
