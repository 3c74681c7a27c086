import t from "tap";
import type { StateChange } from "../../../src/store/store.ts";
import { createStoreFolder } from "../../support/store.ts";

await t.test("a transaction is seen to be active, preparing and committed", async (t) => {
  const folder = createStoreFolder(t);
  const seen: StateChange[] = [];
  const store = await folder.open({ onState: (change) => void seen.push(change) });
  t.teardown(() => store.close());
  const tx = store.begin();
  t.equal(tx.state(), "ACTIVE");
  await tx.put({ type: "task", id: "1", title: "x" });
  const committing = tx.commit();
  t.equal(tx.state(), "PREPARING");
  await committing;
  t.equal(tx.state(), "COMMITTED");
  t.strictSame(seen, [
    { id: tx.id, state: "ACTIVE", snapshot: 0 },
    { id: tx.id, state: "PREPARING", writes: ["task:1"] },
    { id: tx.id, state: "COMMITTED", lsn: 1, versions: { "task:1": 1 } },
  ]);
  t.match(folder.events, [{ event: "entity.created", tx: tx.id }], "the event names its transaction");
  await t.rejects(tx.commit(), { code: "USAGE", facts: { state: "COMMITTED" } });
});

await t.test("an aborted one says why", async (t) => {
  const seen: StateChange[] = [];
  const store = await createStoreFolder(t).open({ onState: (change) => void seen.push(change) });
  t.teardown(() => store.close());
  const [one, two, three] = [store.begin(), store.begin(), store.begin()];
  for (const tx of [one, two]) await tx.put({ type: "task", id: "1", by: tx.id });
  await one.commit();
  await two.commit();
  three.rollback();
  three.rollback();
  t.equal(two.state(), "ABORTED");
  t.match(
    seen.filter(({ id }) => id === two.id),
    [
      { state: "ACTIVE" },
      { state: "PREPARING" },
      {
        state: "ABORTED",
        reason: "conflict",
        conflicts: [{ ref: "task:1", reason: "write", expected: null, actual: 1, clashes: ["by"] }],
      },
    ],
  );
  t.strictSame(
    seen.filter(({ id }) => id === three.id),
    [
      { id: three.id, state: "ACTIVE", snapshot: 0 },
      { id: three.id, state: "ABORTED", reason: "rolledBack", conflicts: [] },
    ],
  );
});

await t.test("what a listener throws does not make a committed transaction look aborted", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open({
    onState: ({ state }) => {
      if (state === "COMMITTED") throw new Error("listener");
    },
  });
  t.teardown(() => store.close());
  const tx = store.begin();
  await tx.put({ type: "task", id: "1", title: "x" });
  await t.rejects(tx.commit(), /listener/);
  t.equal(tx.state(), "COMMITTED");
  t.match(await store.get("task:1"), { title: "x" });
});
