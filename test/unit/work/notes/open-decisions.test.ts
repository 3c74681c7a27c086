import t from "tap";
import { openDecisions } from "../../../../src/work/notes/open-decisions.ts";
import { checkGraph } from "../../../../src/store/check-graph.ts";
import { recordContext } from "../../../support/records.ts";
import { createStoreFolder } from "../../../support/store.ts";

await t.test("a decision's status goes on and never back, and who gave it is told", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  t.teardown(() => store.close());
  const [ada, bob] = ["ada", "bob"].map((agent) =>
    openDecisions(recordContext(store, folder.workTree, { agent })),
  );
  if (ada === undefined || bob === undefined) throw new Error("two agents");
  const { id } = await ada.add({ title: "Use SQLite", context: "One machine", commits: ["c1"] });
  t.match(id, /^D-\w{4}$/);
  t.match(await ada.reject(id), { kind: "changed", decision: { status: "rejected", decided_by: "ada" } });
  t.match(await bob.accept(id), { kind: "changed", decision: { status: "accepted", decided_by: "bob" } });
  t.match(await ada.accept(id), { kind: "unchanged", decision: { decided_by: "bob", version: 3 } });
  t.match(await ada.reject(id), { kind: "refused", reason: /^it is accepted already \(bob, 2026-11-21T/ });
  t.match(await ada.list("accepted"), [{ id }]);
  t.same(await ada.list("proposed"), []);
  await t.rejects(ada.accept("D-none"), { code: "INVALID_ENTITY", message: "There is no decision D-none" });
  await t.rejects(ada.add({ title: "" }), { code: "USAGE", message: "The title is empty" });
});

await t.test("one accepted decision takes another one's place, once", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  t.teardown(() => store.close());
  const decisions = openDecisions(recordContext(store, folder.workTree));
  const [old, next, third] = [
    await decisions.add({ title: "old", status: "accepted" }),
    await decisions.add({ title: "next" }),
    await decisions.add({ title: "third", status: "accepted" }),
  ];
  t.match(await decisions.supersede(old.id, next.id), {
    kind: "refused",
    reason: /is proposed, not accepted/,
  });
  await decisions.accept(next.id);
  t.match(await decisions.supersede(old.id, `decision:${next.id}`), {
    kind: "changed",
    decision: { status: "superseded", superseded_by: next.id },
  });
  t.match(await decisions.supersede(old.id, next.id), { kind: "unchanged" });
  t.match(await decisions.supersede(old.id, third.id), {
    kind: "refused",
    reason: new RegExp(`^it is superseded already, by ${next.id} \\(ada, `),
  });
  t.match(await decisions.supersede(next.id, old.id), {
    kind: "refused",
    reason: /is superseded, not accepted/,
  });
  t.match(await decisions.accept(old.id), { kind: "refused" });
  await t.rejects(decisions.supersede(next.id, next.id), {
    code: "USAGE",
    message: /can't supersede itself/,
  });
  t.match((await decisions.show(old.id)).links, [{ kind: "supersedes", direction: "in", title: "next" }]);
  t.same(
    checkGraph(await store.list("edge"), () => true),
    [],
  );
});

await t.test(
  "decisions that came to supersede each other by a merge are found by the graph check",
  async (t) => {
    const edge = (id: string, from: string, to: string): Parameters<typeof checkGraph>[0][number] => ({
      id,
      type: "edge",
      version: 1,
      kind: "supersedes",
      from,
      to,
    });
    const edges = [edge("1", "decision:a", "decision:b"), edge("2", "decision:b", "decision:a")];
    t.match(
      checkGraph(edges, () => true),
      [{ kind: "cycle", edgeKind: "supersedes" }],
    );
  },
);
