import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import t, { type Test } from "tap";
import { openLog } from "../../src/log/open-log.ts";
import { openDecisions } from "../../src/work/notes/open-decisions.ts";
import { openNotes } from "../../src/work/notes/open-notes.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import { checklistsOf } from "../support/checklists.ts";
import { recordContext } from "../support/records.ts";
import { testEnvironment } from "../support/sandbox.ts";
import { createStoreFolder, type StoreFolder } from "../support/store.ts";

/** Starts a process for each list of arguments, lets all go at once, and returns what they print. */
async function race(t: Test, folder: StoreFolder, works: readonly (readonly string[])[]): Promise<Printed[]> {
  const worker = await bundleWorker(
    path.resolve(import.meta.dirname, "../support/work-worker.ts"),
    folder.workTree,
  );
  const children = works.map((words, number): ChildProcess & { printed?: string } => {
    const child: ChildProcess & { printed?: string } = spawn(
      process.execPath,
      [worker, folder.workTree, folder.gitDir, `agent-${number}`, ...words],
      { env: testEnvironment(folder.workTree), stdio: ["pipe", "pipe", "inherit"] },
    );
    child.printed = "";
    child.stdout?.on("data", (text) => (child.printed += String(text)));
    return child;
  });
  t.teardown(() => children.forEach((child) => child.kill("SIGKILL")));
  await Promise.all(children.map((child) => once(child.stdout ?? child, "data")));
  const ends = children.map((child) => once(child, "close"));
  for (const child of children) child.stdin?.write("go\n");
  for (const [code] of await Promise.all(ends)) t.equal(code, 0);
  return children.map(({ printed = "" }) => JSON.parse(printed.slice("ready\n".length)) as Printed);
}

type Printed = Record<string, unknown>;

await t.test(
  "thirty processes add to one list and mark it: nothing is lost, one of them did it",
  async (t) => {
    const folder = createStoreFolder(t);
    const log = openLog({
      workTree: folder.workTree,
      commonDir: folder.gitDir,
      session: "first",
      agent: "ada",
      now: Date.now,
      randomHex: () => "00000000",
    });
    t.teardown(log.close);
    const lists = checklistsOf(log);
    const { items } = await lists.add("l", ["everybody's"]);
    const results = await race(
      t,
      folder,
      Array.from({ length: 30 }, () => ["checklist", items[0]?.id ?? ""]),
    );
    const list = lists.show("l");
    t.equal(list.items.length, 61);
    t.equal(list.done, 31);
    t.equal(new Set(list.items.map(({ text }) => text)).size, 61);
    const changed = results.filter(({ kind }) => kind === "changed");
    t.equal(changed.length, 1, "exactly one marked it");
    t.equal(new Set(results.map(({ by }) => by)).size, 1, "all were told the same");
    t.equal(list.items.find(({ text }) => text === "everybody's")?.done?.by, changed[0]?.["by"]);
  },
);

await t.test("twelve processes write notes on one task: each note is there with its edge", async (t) => {
  const folder = createStoreFolder(t);
  const store = await folder.open();
  t.teardown(() => store.close());
  await store.transaction((tx) => tx.put({ type: "task", id: "T-1" }));
  const results = await race(
    t,
    folder,
    Array.from({ length: 12 }, () => ["note", "task:T-1"]),
  );
  const notes = await openNotes(recordContext(store, folder.workTree)).list("task:T-1");
  t.same(
    notes.map(({ id }) => id),
    results.map(({ id }) => String(id)).toSorted(),
  );
  t.equal(new Set(notes.map(({ text }) => text)).size, 12);
});

await t.test(
  "six processes supersede one decision by different ones: one does, the others learn who",
  async (t) => {
    const folder = createStoreFolder(t);
    const store = await folder.open();
    t.teardown(() => store.close());
    const decisions = openDecisions(recordContext(store, folder.workTree));
    const old = await decisions.add({ title: "old", status: "accepted" });
    const works: string[][] = [];
    for (let number = 0; number < 6; number++)
      works.push([
        "supersede",
        old.id,
        (await decisions.add({ title: `next ${number}`, status: "accepted" })).id,
      ]);
    const results = await race(t, folder, works);
    t.equal(results.filter(({ kind }) => kind === "changed").length, 1);
    const { entity, links } = await decisions.show(old.id);
    t.match(links, [{ kind: "supersedes", ref: `decision:${entity["superseded_by"] as string}` }]);
    for (const { kind, reason } of results) {
      if (kind !== "changed")
        t.match(reason, new RegExp(`superseded already, by ${entity["superseded_by"] as string} \\(agent-`));
    }
  },
);
