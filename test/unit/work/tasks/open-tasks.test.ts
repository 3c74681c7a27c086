import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { createProcessTable, type ProcessTable } from "../../../../src/lock/file/process-identity.ts";
import type { NewEvent } from "../../../../src/log/log.ts";
import { createTaskFolders, type TaskFolders } from "../../../support/task-folders.ts";

const realProcesses = createProcessTable();

/** Runs `step` between the look at a task and the record that follows from it. */
function between(step: () => void): ProcessTable {
  return {
    ...realProcesses,
    identify: () => {
      step();
      return realProcesses.identify();
    },
  };
}

const claimsOf = (folders: TaskFolders): string => path.join(folders.root, "main", ".git", "got", "claims");

function fields(folders: TaskFolders, place: number, id: string): Record<string, unknown> {
  return JSON.parse(readFileSync(folders.file(place, id), "utf8")) as Record<string, unknown>;
}

await t.test(
  "a claim whose entity can't be written says what is left, and is finished by the same agent",
  async (t) => {
    const folders = createTaskFolders(t, 1);
    await folders.create(["T-1"]);
    const sound = readFileSync(folders.file(0, "T-1"));
    let breaks = true;
    const ports = {
      processes: between(() => breaks && writeFileSync(folders.file(0, "T-1"), "<<<<<<< ours\n")),
    };
    const ada = await folders.open(0, "ada", { tasks: { ports } });
    await t.rejects(ada.claim("T-1"), {
      code: "STORE_UNUSABLE",
      message: /^T-1 is claimed by you \(ada\) for all worktrees, but its entity could not be written$/,
      hint: /got-hooks task claim T-1 to finish, or got-hooks task release T-1/,
      cause: { message: /conflict markers/ },
    });
    breaks = false;
    writeFileSync(folders.file(0, "T-1"), sound);
    const bob = await folders.open(0, "bob");
    t.match(await bob.claim("T-1"), { kind: "alreadyClaimed", by: "ada", worktree: "main" });
    t.match(await bob.claimNext(), { kind: "nothingReady", taken: 1 });
    t.match(
      await ada.claimNext(),
      { kind: "claimed", task: { id: "T-1", status: "in_progress" } },
      "taken up again",
    );
    t.match(await ada.claimNext(), { kind: "nothingReady", mine: ["T-1"] }, "once");
  },
);

await t.test(
  "a close whose entity can't be written says what is left, and is finished by closing again",
  async (t) => {
    const folders = createTaskFolders(t, 2);
    await folders.create(["T-1"]);
    const sound = readFileSync(folders.file(0, "T-1"));
    let breaks = true;
    const ports = {
      processes: between(() => breaks && writeFileSync(folders.file(0, "T-1"), "<<<<<<< ours\n")),
    };
    const ada = await folders.open(0, "ada", { tasks: { ports } });
    await t.rejects(ada.close("T-1", { reason: "done", data: { commits: ["a"] } }), {
      message:
        /^T-1 is closed by ada for all worktrees and its claim is ended, but its entity could not be written$/,
      hint: /got-hooks task close T-1 to finish/,
    });
    breaks = false;
    writeFileSync(folders.file(0, "T-1"), sound);
    const elsewhere = await folders.open(1, "bob");
    t.match(await elsewhere.close("T-1"), {
      kind: "alreadyClosed",
      by: "ada",
      closeReason: "done",
      merged: false,
    });
    const bob = await folders.open(0, "bob");
    t.match(await bob.close("T-1"), { kind: "alreadyClosed", by: "ada" });
    t.match(fields(folders, 0, "T-1"), { status: "pending" }, "ada may be about to write it");
    t.match(await ada.close("T-1"), {
      kind: "closed",
      task: { closed_by: "ada", close_data: { commits: ["a"] } },
    });
    t.match(await ada.close("T-1"), { kind: "alreadyClosed", by: "ada", merged: true });
  },
);

await t.test("no room for the record leaves everything as it was", async (t) => {
  const folders = createTaskFolders(t, 1);
  await folders.create(["T-1"]);
  mkdirSync(path.dirname(claimsOf(folders)), { recursive: true });
  writeFileSync(claimsOf(folders), "a file where the directory should be");
  const ada = await folders.open(0, "ada");
  await t.rejects(ada.close("T-1"), { code: "STORE_UNUSABLE" });
  t.match(fields(folders, 0, "T-1"), { status: "pending", version: 1 });
  rmSync(claimsOf(folders));
  t.match(await ada.close("T-1"), { kind: "closed" });
});

await t.test("a holder that was overtaken does not write over the newer state", async (t) => {
  const folders = createTaskFolders(t, 1);
  await folders.create(["T-1"]);
  const events: NewEvent[] = [];
  const bob = await folders.open(0, "bob", { tasks: { appendEvent: (event) => void events.push(event) } });
  const ada = await folders.open(0, "ada", { tasks: { appendEvent: (event) => void events.push(event) } });
  t.match(await ada.claim("T-1"), { kind: "claimed", token: 1 });
  t.match(await bob.claim("T-1", { steal: { reason: "ada is gone" } }), {
    kind: "claimed",
    token: 2,
    stolenFrom: { by: "ada", worktree: "main" },
  });
  t.match(await ada.claim("T-1"), { kind: "alreadyClaimed", by: "bob" });
  t.match(await ada.close("T-1"), { kind: "claimedByOther", by: "bob" });
  t.match(await ada.release("T-1"), { kind: "claimedByOther", by: "bob" });
  t.match(await ada.close("T-1", { force: true }), { kind: "closed", takenFrom: { by: "bob" } });
  t.match(await bob.close("T-1"), { kind: "alreadyClosed", by: "ada" });
  t.match(events, [
    { event: "task.claimed", token: 1 },
    { event: "task.claimed", token: 2, from: "ada", reason: "ada is gone" },
    { event: "task.closed", token: 3, from: "bob" },
  ]);
});

await t.test("a release is known where the claim has been merged but the release has not", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-1"]);
  const ada = await folders.open(0, "ada");
  await ada.claim("T-1");
  folders.copy(0, 1);
  const bob = await folders.open(1, "bob");
  t.match(await bob.claim("T-1"), {
    kind: "alreadyClaimed",
    by: "ada",
    worktree: "main",
  });
  t.match(await ada.release("T-1"), { kind: "released" });
  t.match(fields(folders, 1, "T-1"), { assignee: "ada" }, "what was merged is out of date");
  t.match(await bob.claim("T-1"), { kind: "claimed", task: { assignee: "bob" } });
});

await t.test("what another clone has claimed is respected without a record", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-1"]);
  await (await folders.open(0, "ada")).claim("T-1");
  rmSync(claimsOf(folders), { recursive: true });
  const bob = await folders.open(0, "bob");
  t.match(await bob.claim("T-1"), { kind: "alreadyClaimed", by: "ada", worktree: null });
  t.match(await bob.close("T-1"), { kind: "claimedByOther", by: "ada" });
  t.match(await bob.release("T-1", { force: { reason: "that machine is gone" } }), { kind: "released" });
  t.match(await bob.claim("T-1"), { kind: "claimed" });
});

await t.test("agents that share a name are kept apart by work tree", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-1", "T-2"]);
  const [left, right] = [await folders.open(0, "ada"), await folders.open(1, "ada")];
  t.match(await left.claim("T-1"), { kind: "claimed", again: false });
  t.match(await left.claim("T-1"), { kind: "claimed", again: true, token: 1 });
  t.match(await right.claim("T-1"), { kind: "alreadyClaimed", by: "ada" });
  t.match(await right.claimNext(), { kind: "claimed", task: { id: "T-2" } });
  t.match(await right.close("T-1"), { kind: "closed" }, "closing under one's name is asked for on purpose");
});

await t.test("what a task waits for: edges and its own field, closed here, of any type", async (t) => {
  const folders = createTaskFolders(t, 2);
  const ada = await folders.open(0, "ada");
  await ada.create({ title: "first", id: "T-1" });
  await ada.create({ title: "by field", id: "T-2", fields: { depends_on: ["T-1", "task:T-9"] } });
  t.match((await ada.show("T-2"))?.blockedBy, [
    { ref: "task:T-1", status: "pending" },
    { ref: "task:T-9", status: null },
  ]);
  t.match(await ada.claim("T-2"), { kind: "notClaimable", reason: "blocked" });
  await t.rejects(ada.create({ title: "x", dependsOn: ["T-8"] }), {
    code: "INVALID_ENTITY",
    message: /task:T-8/,
  });
  folders.copy(0, 1);
  await ada.create({ title: "by edge", id: "T-3", dependsOn: ["task:T-1"] });
  const bob = await folders.open(1, "bob");
  await bob.close("T-1");
  t.match(
    await ada.claim("T-3"),
    { kind: "notClaimable", by: [{ ref: "task:T-1" }] },
    "not merged, so not to be built on",
  );
  folders.copy(1, 0);
  t.match(await ada.claim("T-3"), { kind: "claimed" });
});

await t.test("ready tasks come by priority, then age, then id; what waits does not come", async (t) => {
  const folders = createTaskFolders(t, 1);
  let minute = 0;
  const now = (): Date => new Date(Date.UTC(2026, 0, 1, 9, Math.floor(minute)));
  const ada = await folders.open(0, "ada", { store: { now } });
  const bob = await folders.open(0, "bob");
  const create = async (id: string, priority: number, dependsOn: string[] = []): Promise<void> =>
    void (await ada.create({ title: id, id, priority, dependsOn }));
  await create("T-b", 3);
  await create("T-c", 0);
  await create("T-z", 2);
  minute = 1;
  await create("T-y", 2);
  await create("T-x", 2);
  await ada.create({ title: "assigned", id: "T-d", assignee: "bob" });
  await create("T-e", 0, ["T-x", "T-c"]);
  const ready = async (tasks: typeof ada): Promise<string[]> =>
    (await tasks.ready()).map(({ task }) => task.id);
  t.same(await ready(ada), ["T-c", "T-z", "T-x", "T-y", "T-b"]);
  t.same(await ready(bob), ["T-c", "T-z", "T-d", "T-x", "T-y", "T-b"]);
  t.match(await ada.claimNext(), { kind: "claimed", task: { id: "T-c" }, alsoMine: [] });
  t.match(await ada.claimNext(), { kind: "claimed", task: { id: "T-z" }, alsoMine: ["T-c"] });
  t.same(await ready(ada), ["T-c", "T-z", "T-x", "T-y", "T-b"], "what is mine stays in the list");
  t.same(await ready(bob), ["T-d", "T-x", "T-y", "T-b"]);
  t.match(await bob.claim("T-x"), { kind: "claimed" });
  t.match(await bob.close("T-x"), { unblocked: [] });
  t.match(await ada.close("T-c"), { unblocked: ["T-e"] });
  t.match(await ada.claimNext(), { task: { id: "T-e" } });
  t.match(
    await ada.claim("T-d"),
    { kind: "alreadyClaimed", by: "bob", since: null },
    "assigned to somebody else",
  );
  t.match(await bob.claim("T-d"), { kind: "claimed", again: false });
  for (const tasks of [ada, ada]) await tasks.claimNext();
  t.match(await ada.claimNext(), {
    kind: "nothingReady",
    mine: ["T-e", "T-z", "T-y", "T-b"],
    taken: 1,
    blocked: 0,
  });
});

await t.test("a new task gets an id that no work tree and no claim has", async (t) => {
  const folders = createTaskFolders(t, 2);
  const [ada, bob] = [await folders.open(0, "ada"), await folders.open(1, "bob")];
  const made = new Set<string>();
  for (let count = 0; count < 40; count++)
    made.add((await (count % 2 === 0 ? ada : bob).create({ title: "same" })).id);
  t.equal(made.size, 40);
  for (const id of made) t.match(id, /^T-[0-9a-z]{4,6}$/);
  const [id = ""] = made;
  await t.rejects(bob.create({ title: "x", id }), {
    code: "INVALID_ENTITY",
    message: new RegExp(`${id} already, in `),
  });
  await t.rejects(ada.create({ title: "x", id }), { message: `There is a task ${id} already` });
  await t.rejects(ada.create({ title: " " }), { code: "USAGE" });
  await t.rejects(ada.create({ title: "x", id: "../x" }), { code: "USAGE", message: /no task's id/ });
});

await t.test("a record that can't be read is told with its file, and released by force", async (t) => {
  const folders = createTaskFolders(t, 1);
  await folders.create(["T-1"]);
  const ada = await folders.open(0, "ada");
  await ada.claim("T-1");
  const file = path.join(claimsOf(folders), "T-1", "1.json");
  for (const text of ["", '{"got":"claim","ver', '{"got":"claim","version":2}']) {
    writeFileSync(file, text);
    await t.rejects(ada.claim("T-1"), {
      code: "STORE_UNUSABLE",
      message: new RegExp(`^The claim of T-1 in ${file}`),
    });
    t.match(await ada.claimNext(), { kind: "nothingReady" });
  }
  t.match(await ada.release("T-1"), { kind: "claimedByOther", by: "somebody" });
  t.match(await ada.release("T-1", { force: { reason: "torn" } }), { kind: "released" });
  t.match(await ada.claim("T-1"), { kind: "claimed", token: 3 });
});

await t.test("only so many records are kept, and drafts of the dead go", async (t) => {
  const folders = createTaskFolders(t, 1);
  await folders.create(["T-1"]);
  const ada = await folders.open(0, "ada");
  for (let count = 0; count < 10; count++) {
    await ada.claim("T-1");
    await ada.release("T-1");
  }
  t.same(readdirSync(path.join(claimsOf(folders), "T-1")).sort(), ["18.json", "19.json", "20.json"]);
  t.notOk(existsSync(path.join(claimsOf(folders), "T-1", "1.json")));
});

await t.test("too long a reason and too much data are refused before anything happens", async (t) => {
  const folders = createTaskFolders(t, 1);
  await folders.create(["T-1"]);
  const ada = await folders.open(0, "ada");
  await t.rejects(ada.close("T-1", { reason: "x".repeat(2_001) }), { code: "LIMIT_EXCEEDED" });
  await t.rejects(ada.close("T-1", { data: "x".repeat(70_000) }), { code: "LIMIT_EXCEEDED" });
  t.notOk(existsSync(claimsOf(folders)));
});

await t.test("records that tell nobody anything new are forgotten when there are too many", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-known", "T-unmerged", "T-torn", "T-held", "T-last"]);
  let now = new Date("2026-01-01T09:00:00.000Z");
  const ada = await folders.open(0, "ada", { tasks: { now: () => now } });
  for (const id of ["T-known", "T-unmerged", "T-torn"]) await ada.close(id);
  await ada.claim("T-held");
  writeFileSync(folders.file(1, "T-known"), readFileSync(folders.file(0, "T-known")));
  writeFileSync(folders.file(1, "T-torn"), "<<<<<<< ours\n");
  // As 2,000 other tasks would have left them, of which no work tree has the entity any more.
  const record = readFileSync(path.join(claimsOf(folders), "T-known", "1.json"));
  for (let count = 0; count < 2_000; count++) {
    mkdirSync(path.join(claimsOf(folders), `T-old-${count}`));
    writeFileSync(path.join(claimsOf(folders), `T-old-${count}`, "7.json"), record);
  }
  const recorded = (): string[] => readdirSync(claimsOf(folders));
  await ada.close("T-last");
  t.equal(recorded().length, 2_005, "none within a day");
  await ada.reopen("T-last");
  now = new Date("2026-01-03T09:00:00.000Z");
  await ada.close("T-last");
  t.equal(recorded().length, 1_805, "200 at once, and no more while there are few enough");
  t.notOk(recorded().includes("T-known"));
  for (const id of ["T-unmerged", "T-torn", "T-held", "T-last"]) t.ok(recorded().includes(id), id);
  t.match(await (await folders.open(1, "bob")).claim("T-unmerged"), {
    reason: "closed",
    by: "ada",
    merged: false,
  });
});
