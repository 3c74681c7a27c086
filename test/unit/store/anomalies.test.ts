import t, { type Test } from "tap";
import type { Entity } from "../../../src/model/entity.ts";
import type { Isolation, Store, Transaction } from "../../../src/store/store.ts";
import { createStoreFolder } from "../../support/store.ts";

/**
 * The anomalies of the Hermitage list (https://github.com/ept/hermitage), with two entities that hold 10 and 20.
 * Transactions here validate at their end: what a locking database blocks, this store lets go on and refuses at commit.
 */
const both: readonly Isolation[] = ["serializable", "snapshot"];

async function begin(
  t: Test,
  isolation: Isolation,
): Promise<{
  readonly store: Store;
  readonly t1: Transaction;
  readonly t2: Transaction;
  readonly t3: Transaction;
}> {
  const store = await createStoreFolder(t).open();
  t.teardown(() => store.close());
  await store.transaction(async (tx) => {
    await tx.put({ type: "test", id: "1", value: 10 });
    await tx.put({ type: "test", id: "2", value: 20 });
  });
  return {
    store,
    t1: store.begin({ isolation }),
    t2: store.begin({ isolation }),
    t3: store.begin({ isolation }),
  };
}

const value = async (tx: Transaction | Store, id: string): Promise<unknown> =>
  (await tx.get(`test:${id}`))?.["value"];
const write = (tx: Transaction, id: string, to: number): Promise<void> =>
  tx.put({ type: "test", id, value: to });
const kind = async (tx: Transaction): Promise<string> => (await tx.commit()).kind;

for (const isolation of both) {
  await t.test(`G0 (write cycles) cannot happen under ${isolation}`, async (t) => {
    const { store, t1, t2 } = await begin(t, isolation);
    await write(t1, "1", 11);
    await write(t2, "1", 12);
    await write(t1, "2", 21);
    t.equal(await kind(t1), "committed");
    await write(t2, "2", 22);
    t.equal(await kind(t2), "conflict");
    t.same([await value(store, "1"), await value(store, "2")], [11, 21]);
  });

  await t.test(`G1a (aborted reads) cannot happen under ${isolation}`, async (t) => {
    const { t1, t2 } = await begin(t, isolation);
    await write(t1, "1", 101);
    t.equal(await value(t2, "1"), 10);
    t1.rollback();
    t.equal(await value(t2, "1"), 10);
    t.equal(await kind(t2), "committed");
  });

  await t.test(`G1b (intermediate reads) cannot happen under ${isolation}`, async (t) => {
    const { t1, t2 } = await begin(t, isolation);
    await write(t1, "1", 101);
    t.equal(await value(t2, "1"), 10);
    await write(t1, "1", 11);
    t.equal(await kind(t1), "committed");
    t.equal(await value(t2, "1"), 10);
  });

  await t.test(`G1c (circular information flow) cannot happen under ${isolation}`, async (t) => {
    const { t1, t2 } = await begin(t, isolation);
    await write(t1, "1", 11);
    await write(t2, "2", 22);
    t.equal(await value(t1, "2"), 20);
    t.equal(await value(t2, "1"), 10);
    t.equal(await kind(t1), "committed");
    // Neither saw the other. Serializable refuses the second, since it read what the first has changed.
    t.equal(await kind(t2), isolation === "serializable" ? "conflict" : "committed");
  });

  await t.test(`OTV (observed transaction vanishes) cannot happen under ${isolation}`, async (t) => {
    const { store, t1, t2 } = await begin(t, isolation);
    await write(t1, "1", 11);
    await write(t1, "2", 19);
    await write(t2, "1", 12);
    t.equal(await kind(t1), "committed");
    const t3 = store.begin({ isolation });
    t.equal(await value(t3, "1"), 11);
    await write(t2, "2", 18);
    t.equal(await kind(t2), "conflict");
    t.same([await value(t3, "2"), await value(t3, "1")], [19, 11]);
  });

  await t.test(`PMP (predicate-many-preceders) cannot happen under ${isolation}`, async (t) => {
    const { t1, t2 } = await begin(t, isolation);
    const thirty = (tx: Transaction): Promise<readonly unknown[]> =>
      tx.list("test", (one) => one["value"] === 30);
    t.same(await thirty(t1), []);
    await t2.put({ type: "test", id: "3", value: 30 });
    t.equal(await kind(t2), "committed");
    t.same(await thirty(t1), [], "the listing stays what it was");
    await write(t1, "2", 21);
    t.equal(await kind(t1), isolation === "serializable" ? "conflict" : "committed");
  });

  await t.test(`P4 (lost update) cannot happen under ${isolation}`, async (t) => {
    const { store, t1, t2 } = await begin(t, isolation);
    t.equal(await value(t1, "1"), 10);
    t.equal(await value(t2, "1"), 10);
    await write(t1, "1", 11);
    await write(t2, "1", 12);
    t.equal(await kind(t1), "committed");
    t.equal(await kind(t2), "conflict");
    t.equal(await value(store, "1"), 11);
  });

  await t.test(`G-single (read skew) cannot happen under ${isolation}`, async (t) => {
    const { t1, t2 } = await begin(t, isolation);
    t.equal(await value(t1, "1"), 10);
    await write(t2, "1", 12);
    await write(t2, "2", 18);
    t.equal(await kind(t2), "committed");
    t.equal(await value(t1, "2"), 20);
  });
}

await t.test("G2-item (write skew) cannot happen under serializable, and does under snapshot", async (t) => {
  for (const isolation of both) {
    const { store, t1, t2 } = await begin(t, isolation);
    for (const tx of [t1, t2]) for (const id of ["1", "2"]) await value(tx, id);
    await write(t1, "1", 11);
    await write(t2, "2", 21);
    t.equal(await kind(t1), "committed");
    t.equal(await kind(t2), isolation === "serializable" ? "conflict" : "committed");
    t.same(
      [await value(store, "1"), await value(store, "2")],
      isolation === "serializable" ? [11, 20] : [11, 21],
    );
  }
});

await t.test(
  "write skew over a listing cannot happen under serializable, and does under snapshot",
  async (t) => {
    for (const isolation of both) {
      const { store, t1, t2 } = await begin(t, isolation);
      const many = (one: Entity): boolean => Number(one["value"]) % 3 === 0;
      for (const tx of [t1, t2]) t.equal((await tx.list("test", many)).length, 0);
      await t1.put({ type: "test", id: "3", value: 30 });
      await t2.put({ type: "test", id: "4", value: 42 });
      t.equal(await kind(t1), "committed");
      const second = await t2.commit();
      if (isolation === "serializable")
        t.match(second, { kind: "conflict", conflicts: [{ ref: "test:3", reason: "listed" }] });
      else t.equal(second.kind, "committed");
      t.equal((await store.list("test", many)).length, isolation === "serializable" ? 1 : 2);
    }
  },
);

for (const isolation of both) {
  await t.test(`G-single over a listing and with a write cannot happen under ${isolation}`, async (t) => {
    const { store, t1, t2 } = await begin(t, isolation);
    const ids = async (tx: Transaction): Promise<readonly string[]> =>
      (await tx.list("test", (one) => Number(one["value"]) > 10)).map(({ id }) => id);
    t.same(await ids(t1), ["2"]);
    await write(t2, "1", 12);
    await t2.delete("test:2");
    t.equal(await kind(t2), "committed");
    t.same(await ids(t1), ["2"], "the listing stays what it was");
    t.equal(await value(t1, "2"), 20, "and so does what it returned");
    await write(t1, "2", 30);
    t.equal(await kind(t1), "conflict", "what it writes was changed");
    t.same([await value(store, "1"), await value(store, "2")], [12, undefined]);
  });
}

await t.test(
  "an entity that was not there counts as read: of two that create on its absence one fails",
  async (t) => {
    for (const isolation of both) {
      const { t1, t2 } = await begin(t, isolation);
      for (const tx of [t1, t2]) for (const id of ["8", "9"]) t.equal(await value(tx, id), undefined);
      await write(t1, "8", 1);
      await write(t2, "9", 1);
      t.equal(await kind(t1), "committed");
      t.equal(await kind(t2), isolation === "serializable" ? "conflict" : "committed");
    }
  },
);

await t.test(
  "what only reads cannot see an order that the writers did not have (G2 with two edges)",
  async (t) => {
    for (const isolation of both) {
      const { store, t1, t2 } = await begin(t, isolation);
      for (const id of ["1", "2"]) await value(t1, id);
      await write(t2, "2", 25);
      t.equal(await kind(t2), "committed");
      const reader = store.begin({ isolation });
      t.same([await value(reader, "1"), await value(reader, "2")], [10, 25]);
      t.equal(await kind(reader), "committed");
      await write(t1, "1", 0);
      t.equal(await kind(t1), isolation === "serializable" ? "conflict" : "committed");
    }
  },
);
