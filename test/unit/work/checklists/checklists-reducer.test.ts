import t from "tap";
import { checklistEvent, type ItemChange } from "../../../../src/work/checklists/checklist-event.ts";
import type { LogEvent } from "../../../../src/model/event.ts";
import { itemsAfter } from "../../../support/checklists.ts";

let serial = 0;
/** What an agent does to an item of the list `l`, later than everything before. */
function event(agent: string, item: string, change: ItemChange): LogEvent {
  const ts = new Date(Date.UTC(2026, 10, 21) + serial++).toISOString();
  const list = "checklist:l";
  return { id: `e${serial}`, ts, session: "s", agent, ...checklistEvent({ ...change, list, item }) };
}
const add = (agent: string, item: string): LogEvent =>
  event(agent, item, { kind: "added", text: `do ${item}`, place: { kind: "last" } });

await t.test("done again keeps who was first; the later of done and reopened counts", async (t) => {
  const first = [add("ada", "x"), event("ada", "x", { kind: "done" }), event("bob", "x", { kind: "done" })];
  t.match(itemsAfter(first), [{ id: "x", done: { by: "ada", at: first[1]?.ts } }]);
  const reopened = [...first, event("cy", "x", { kind: "reopened" })];
  t.match(itemsAfter(reopened), [{ done: null }]);
  t.match(itemsAfter([...reopened, event("bob", "x", { kind: "done" })]), [{ done: { by: "bob" } }]);
});

await t.test("removed wins over everything that comes later", async (t) => {
  const events = [add("ada", "x"), event("ada", "x", { kind: "removed" })];
  const later: ItemChange[] = [
    { kind: "done" },
    { kind: "reopened" },
    { kind: "changed", text: "new" },
    { kind: "moved", place: { kind: "first" } },
    { kind: "added", text: "again", place: { kind: "last" } },
  ];
  for (const change of later) t.same(itemsAfter([...events, event("bob", "x", change)]), [], change.kind);
});

await t.test("what was put beside an item stays there when the item is removed", async (t) => {
  const [a, b, c] = [add("ada", "a"), add("ada", "b"), add("ada", "c")];
  const removed = event("ada", "b", { kind: "removed" });
  const beside = event("bob", "n", { kind: "added", text: "new", place: { kind: "after", item: "b" } });
  t.same(
    itemsAfter([a, b, c, removed, beside]).map(({ id }) => id),
    ["a", "n", "c"],
  );
});

await t.test("items put to one place at once all stand there, the latest nearest to it", async (t) => {
  const [a, b] = [add("ada", "a"), add("ada", "b")];
  const puts = ["x", "y"].map((item) =>
    event("bob", item, { kind: "added", text: item, place: { kind: "after", item: "a" } }),
  );
  t.same(
    itemsAfter([a, b, ...puts]).map(({ id }) => id),
    ["a", "y", "x", "b"],
  );
  const swapped = [
    event("ada", "a", { kind: "moved", place: { kind: "after", item: "b" } }),
    event("bob", "b", { kind: "moved", place: { kind: "after", item: "a" } }),
  ];
  t.same(
    itemsAfter([a, b, ...swapped]).map(({ id }) => id),
    ["a", "b"],
    "two that are put behind each other make no cycle",
  );
});

await t.test("what comes before an item's adding counts when the adding comes", async (t) => {
  const early = [event("bob", "x", { kind: "done" }), event("bob", "x", { kind: "changed", text: "new" })];
  t.same(itemsAfter(early), []);
  t.match(itemsAfter([...early, add("ada", "x")]), [
    { text: "new", done: { by: "bob" }, added: { by: "ada" } },
  ]);
  t.same(itemsAfter([event("bob", "y", { kind: "removed" }), add("ada", "y")]), []);
});

await t.test("an item that is added twice is the first one", async (t) => {
  const again = event("bob", "x", { kind: "added", text: "other", place: { kind: "first" } });
  t.match(itemsAfter([add("ada", "x"), again]), [{ text: "do x", added: { by: "ada" } }]);
});

await t.test("events that say too little are passed over", async (t) => {
  const whole = { ...add("ada", "x") };
  const odd: Record<string, unknown>[] = [
    { item: 7 },
    { list: null },
    { text: ["a"] },
    { item: "" },
    { event: "checklist.item_vanished" },
    { event: "checklist.item_" },
    { event: "checklist.added" },
  ];
  for (const change of odd) t.same(itemsAfter([{ ...whole, ...change }]), [], JSON.stringify(change));
  t.equal(itemsAfter([{ ...whole, list: "__proto__" }], "__proto__").length, 1);
  t.equal(itemsAfter([{ ...whole, after: 5, place: "nowhere" }]).length, 1, "an unknown place is the end");
});
