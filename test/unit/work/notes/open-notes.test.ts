import t from "tap";
import { shortId } from "../../../../src/work/short-id.ts";
import { openNotes } from "../../../../src/work/notes/open-notes.ts";
import { workLimits } from "../../../../src/work/work-limits.ts";
import { recordContext } from "../../../support/records.ts";
import { createStoreFolder } from "../../../support/store.ts";

await t.test("a note is found from the entities and commits that it is about", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  t.teardown(() => store.close());
  await store.transaction((tx) => tx.put({ type: "task", id: "T-1", title: "Task", status: "open" }));
  const notes = openNotes(recordContext(store, folder.workTree));
  const note = await notes.add("first line\nsecond", {
    on: ["task:T-1", "task:T-1"],
    commits: ["c1", "c2", "c1"],
  });
  t.match(note, {
    id: /^N-\w{4}$/,
    text: "first line\nsecond",
    author: "ada",
    version: 1,
    commits: { length: 2 },
  });
  const other = await notes.add("on the note", { on: [`note:${note.id}`] });
  const ids = async (on?: string): Promise<string[]> => (await notes.list(on)).map(({ id }) => id);
  t.same(await ids("task:T-1"), [note.id]);
  t.same(await ids("c2"), [note.id]);
  t.same(await ids("c3"), []);
  t.same(await ids(`note:${note.id}`), [other.id]);
  t.same(await ids(), [note.id, other.id].toSorted());
  t.match(await notes.show(`note:${note.id}`), {
    links: [
      {
        kind: "relates_to",
        direction: "out",
        ref: "task:T-1",
        title: "Task",
        status: "open",
        isMissing: false,
      },
      { kind: "relates_to", direction: "in", ref: `note:${other.id}`, title: "on the note" },
    ],
    commits: [{ subject: "The first" }, { subject: null }],
  });
  await store.transaction((tx) => tx.delete("task:T-1"));
  const { links } = await notes.show(note.id);
  t.match(
    links.find(({ ref }) => ref === "task:T-1"),
    { isMissing: true, title: null },
  );
});

await t.test("a note that can't be linked is not written at all", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  t.teardown(() => store.close());
  const notes = openNotes(recordContext(store, folder.workTree));
  await store.transaction((tx) => tx.put({ type: "task", id: "T-1" }));
  await t.rejects(notes.add("x", { on: ["task:T-1", "task:T-2"] }), {
    code: "INVALID_ENTITY",
    message: "There is no entity task:T-2 to link to",
  });
  await t.rejects(notes.add("x", { on: ["T-1"] }), { code: "INVALID_ENTITY" });
  await t.rejects(notes.add("x", { commits: ["nope"] }), {
    code: "USAGE",
    message: /git knows no commit "nope"/,
  });
  await t.rejects(notes.add(" \n"), { code: "USAGE", message: "The note is empty" });
  await t.rejects(notes.add("x".repeat(workLimits.noteCharacters + 1)), { code: "LIMIT_EXCEEDED" });
  await t.rejects(notes.list("nope"), { code: "USAGE" });
  await t.rejects(notes.show("N-none"), { code: "INVALID_ENTITY", message: "There is no note N-none" });
  t.same(await notes.list(), []);
  t.same(await store.list("edge"), []);
});

await t.test("an edit keeps what it does not name, and can insist on a version", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  t.teardown(() => store.close());
  const notes = openNotes(recordContext(store, folder.workTree));
  const { id } = await notes.add("old", { commits: ["c1"] });
  t.match(await notes.edit(id, { text: "new" }), { text: "new", version: 2, commits: { length: 1 } });
  t.match(await notes.edit(id, { commits: ["c1", "c2"] }), {
    text: "new",
    version: 3,
    commits: { length: 2 },
  });
  await t.rejects(notes.edit(id, { text: "lost", ifVersion: 2 }), {
    message: /has version 3, not 2: ada has changed it/,
  });
  t.match(await notes.edit(id, { text: "newer", ifVersion: 3 }), { version: 4 });
});

await t.test("an id that is taken is not given out again", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  t.teardown(() => store.close());
  const context = recordContext(store, folder.workTree, { randomHex: () => "the same" });
  const seed = JSON.stringify(["ada", "2026-11-21T00:00:00.000Z", "the same"]);
  const ids = [shortId({ prefix: "N-", known: 0, seed }, 0), shortId({ prefix: "N-", known: 1, seed }, 1)];
  t.equal((await openNotes(context).add("one")).id, ids[0]);
  t.equal((await openNotes(context).add("two")).id, ids[1]);
});
