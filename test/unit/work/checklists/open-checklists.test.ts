import t from "tap";
import { checklistsReducer } from "../../../../src/work/checklists/checklists-reducer.ts";
import { openChecklists } from "../../../../src/work/checklists/open-checklists.ts";
import { workLimits } from "../../../../src/work/work-limits.ts";
import { checklistsOf } from "../../../support/checklists.ts";
import { allEvents, createLogFolder } from "../../../support/log.ts";

await t.test("items are named by number, id, or as much of it as is needed", async (t) => {
  const folder = createLogFolder(t);
  const lists = checklistsOf(folder.open());
  const { items } = await lists.add("release", ["one", "two", "three"]);
  t.same(
    items.map(({ number, text }) => `${number} ${text}`),
    ["1 one", "2 two", "3 three"],
  );
  for (const { id, shortId } of items) {
    t.match(id, /^[a-z][a-z0-9]{11}$/);
    t.ok(id.startsWith(shortId) && shortId.length === 4);
  }
  const [one, two, three] = items.map(({ id }) => id);
  t.match(await lists.done("release", one ?? ""), {
    kind: "changed",
    item: { text: "one", done: { by: "ada" } },
  });
  t.match(await lists.done("checklist:release", "2"), { kind: "changed", item: { id: two } });
  t.match(await lists.done("release", three?.slice(0, 3).toUpperCase() ?? ""), { item: { id: three } });
  for (const word of ["0", "4", "zzzz", "", "-1"]) {
    await t.rejects(lists.done("release", word), {
      code: "INVALID_ENTITY",
      message: /There is no item .*in the checklist checklist:release/,
    });
  }
  t.match(lists.show("release"), { done: 3, items: { length: 3 } });
  t.same(lists.show("empty"), { list: "checklist:empty", items: [], done: 0 });
});

await t.test("more of an id is asked for when two items begin alike", async (t) => {
  const folder = createLogFolder(t);
  const log = folder.open();
  for (const item of ["abcdx1", "abcdy2", "abzz"])
    log.append({ event: "checklist.item_added", list: "checklist:l", item, text: item });
  const lists = checklistsOf(log);
  t.same(
    lists.show("l").items.map(({ shortId }) => shortId),
    ["abcdx", "abcdy", "abzz"],
  );
  await t.rejects(lists.done("l", "abcd"), {
    message: "abcd means 2 items of the checklist checklist:l: abcdx, abcdy",
  });
  t.match(await lists.done("l", "abcdy"), { item: { id: "abcdy2" } });
});

await t.test("what is so already stays, and who did it is told", async (t) => {
  const folder = createLogFolder(t);
  const [ada, bob] = [checklistsOf(folder.open()), checklistsOf(folder.open({ session: "b", agent: "bob" }))];
  await ada.add("l", ["x", "y"]);
  await ada.done("l", "1");
  t.match(await bob.done("l", "1"), { kind: "unchanged", item: { done: { by: "ada" } } });
  t.match(await bob.reopen("l", "1"), { kind: "changed", item: { done: null } });
  t.match(await bob.reopen("l", "1"), { kind: "unchanged" });
  t.match(await bob.change("l", "1", "x"), { kind: "unchanged" });
  t.match(await bob.move("l", "1", { kind: "before", item: "1" }), { kind: "unchanged" });
  const { item, removed } = await bob.remove("l", "1");
  t.match(await ada.remove("l", item.id), { kind: "unchanged", item: { text: "x" }, removed });
  for (const act of [ada.done, ada.reopen, ada.remove.bind(null)]) {
    if (act === ada.done || act === ada.reopen)
      await t.rejects(act("l", item.id), { message: /was removed by bob at 2026-11-21T/ });
  }
  t.equal((await allEvents(folder.open())).length, 5, "nothing is appended for what changes nothing");
});

await t.test("items go to the place that is asked for, several in their order", async (t) => {
  const folder = createLogFolder(t);
  const lists = checklistsOf(folder.open());
  const texts = (): string =>
    lists
      .show("l")
      .items.map(({ text }) => text)
      .join("");
  await lists.add("l", ["c", "f"]);
  await lists.add("l", ["a", "b"], { kind: "first" });
  await lists.add("l", ["d", "e"], { kind: "after", item: "3" });
  await lists.add("l", ["x", "y"], { kind: "before", item: "6" });
  t.equal(texts(), "abcdexyf");
  await lists.move("l", "8", { kind: "first" });
  await lists.move("l", "2", { kind: "last" });
  await lists.move("l", "1", { kind: "after", item: "2" });
  t.equal(texts(), "bfcdexya");
  await t.rejects(lists.add("l", ["z"], { kind: "after", item: "99" }), { code: "INVALID_ENTITY" });
  t.equal(texts(), "bfcdexya");
});

await t.test("what can be no list and no text is refused, and nothing is written", async (t) => {
  const folder = createLogFolder(t);
  const lists = checklistsOf(folder.open());
  for (const list of ["", "a/b", "..", "task:", ":x", "task:a:b", "CON", "-x", "x".repeat(300)])
    await t.rejects(lists.add(list, ["x"]), { code: "INVALID_ENTITY", message: /names no checklist/ }, list);
  for (const text of ["", "  ", "a\nb", "\u001b[31m", "x".repeat(workLimits.itemTextCharacters + 1)])
    await t.rejects(lists.add("l", ["good", text]), { code: "USAGE" }, JSON.stringify(text).slice(0, 20));
  t.same(await allEvents(folder.open()), []);
  const most = Array.from({ length: workLimits.checklistItems }, (_, number) => `item ${number}`);
  await lists.add("l", most);
  await t.rejects(lists.add("l", ["one more"]), { code: "LIMIT_EXCEEDED", message: /has 10000 items/ });
  await lists.remove("l", "1");
  t.equal((await lists.add("l", ["one more"])).items[0]?.number, workLimits.checklistItems);
});

await t.test("a source of ids that repeats itself is found out", async (t) => {
  const folder = createLogFolder(t);
  const lists = openChecklists({
    log: folder.open(),
    exclusively: async (work) => work(),
    randomHex: () => "always the same",
  });
  await t.rejects(lists.add("l", ["a", "b"]), { code: "INTERNAL" });
});

await t.test("a long log is read once; after that only what is new", async (t) => {
  const folder = createLogFolder(t);
  const log = folder.open();
  log.appendMany(Array.from({ length: workLimits.snapshotEvents }, () => ({ event: "other" })));
  const lists = checklistsOf(log);
  await lists.add("l", ["one", "two"]);
  lists.show("l");
  await lists.done("l", "2");
  t.match(log.replay(checklistsReducer), { read: 1, events: workLimits.snapshotEvents + 3 });
  t.match(lists.show("l"), { done: 1, items: [{ text: "one" }, { text: "two", done: { by: "ada" } }] });
  t.same(lists.all(), [lists.show("l")]);
  t.match(lists.show("l", { until: { ts: "2026-11-21T00:00:00.001Z" } }), { items: [] }, "as it was");
});
