import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { createProcessTable } from "../../../../src/lock/file/process-identity.ts";
import { createTaskFolders, type TaskFolders } from "../../../support/task-folders.ts";

const claimsOf = (folders: TaskFolders): string => path.join(folders.root, "main", ".git", "got", "claims");

await t.test("a work tree that has not merged a reopening does not end the claim after it", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-1"]);
  let minute = 0;
  const now = (): Date => new Date(Date.UTC(2026, 0, 1, 9, minute));
  const options = { store: { now }, tasks: { now } };
  const bob = await folders.open(0, "bob", options);
  const ada = await folders.open(1, "ada", options);
  await ada.close("T-1");
  folders.copy(1, 0);
  minute = 1;
  await bob.reopen("T-1");
  await bob.claim("T-1");
  minute = 2;
  t.match(await ada.close("T-1"), { kind: "alreadyClosed", merged: true }, "it is, as far as is known here");
  t.match(await ada.reopen("T-1"), { kind: "claimedByOther", by: "bob", worktree: "main" });
  t.match(await bob.claim("T-1"), { kind: "claimed", again: true }, "it is still his");
  t.match(await ada.reopen("T-1", { force: true }), { kind: "reopened" });
  t.match(await bob.claim("T-1"), { kind: "claimed", again: false }, "unless that is asked for");
});

await t.test("a close by other means ends the claim that it found", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-1"]);
  await (await folders.open(1, "bob")).claim("T-1");
  const file = folders.file(0, "T-1");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace('"pending"', '"closed",\n  "closed_at": "2999-01-01T00:00:00.000Z"'),
  );
  t.match(await (await folders.open(0, "ada")).close("T-1"), { kind: "alreadyClosed", merged: true });
  t.match(await (await folders.open(1, "bob")).claim("T-1"), { kind: "notClaimable", reason: "closed" });
});

await t.test("a task that was reopened in another clone is open here once that is merged", async (t) => {
  const here = createTaskFolders(t, 2);
  const there = createTaskFolders(t, 1);
  const clone = (from: TaskFolders, to: TaskFolders): void =>
    cpSync(path.join(from.root, "main/.got/entities"), path.join(to.root, "main/.got/entities"), {
      recursive: true,
    });
  await here.create(["T-1"]);
  const ada = await here.open(0, "ada");
  await ada.close("T-1");
  clone(here, there);
  // That machine's clock is behind: what counts is that the close was seen.
  const now = (): Date => new Date("2020-01-01T00:00:00.000Z");
  t.match(await (await there.open(0, "eve", { tasks: { now } })).reopen("T-1"), { kind: "reopened" });
  t.match(await (await here.open(1, "bob")).claim("T-1"), { reason: "closed", merged: false });
  clone(there, here);
  t.match(await ada.claimNext(), { kind: "claimed", task: { id: "T-1" } });
  t.match(await ada.close("T-1"), { kind: "closed" });
  t.match(await (await here.open(1, "bob")).claim("T-1"), { reason: "closed", by: "ada" });
});

await t.test("what was merged of a claim is out of date after a reopening or a release", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-1", "T-2"]);
  let minute = 5;
  const now = (): Date => new Date(Date.UTC(2026, 0, 1, 9, minute));
  const ada = await folders.open(0, "ada", { store: { now }, tasks: { now } });
  for (const id of ["T-1", "T-2"]) await ada.claim(id);
  folders.copy(0, 1);
  await ada.close("T-1");
  await ada.reopen("T-1");
  // The clock is set back.
  minute = 1;
  await ada.release("T-2");
  const bob = await folders.open(1, "bob");
  for (const id of ["T-1", "T-2"]) t.match(await bob.claim(id), { kind: "claimed" }, id);
});

await t.test("an answer to records that were cleared away meanwhile counts for nothing", async (t) => {
  const folders = createTaskFolders(t, 1);
  await folders.create(["T-1"]);
  const bob = await folders.open(0, "bob");
  await bob.claim("T-1");
  await bob.release("T-1");
  await bob.claim("T-1");
  const folder = path.join(claimsOf(folders), "T-1");
  const claimed = readFileSync(path.join(folder, "3.json"));
  await bob.release("T-1");
  const real = createProcessTable();
  let sleeps = true;
  // Ada has seen record 4, a release; when she wakes up, numbers have begun anew and record 4 is bob's claim.
  const identify = (): ReturnType<typeof real.identify> => {
    if (sleeps) {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(path.join(folder, "4.json"), claimed);
    }
    sleeps = false;
    return real.identify();
  };
  const ada = await folders.open(0, "ada", { tasks: { ports: { processes: { ...real, identify } } } });
  t.match(await ada.claim("T-1"), { kind: "alreadyClaimed", by: "bob" });
  t.match(await bob.claim("T-1"), { kind: "claimed", token: 4 });
});

await t.test(
  "what else stands among the claims is one task's trouble, and is not written through",
  async (t) => {
    const folders = createTaskFolders(t, 1);
    await folders.create(["T-file", "T-link", "T-nowhere", "T-record", "T-sound"]);
    const claims = claimsOf(folders);
    const outside = path.join(folders.root, "outside");
    for (const folder of [outside, path.join(claims, "T-record")]) mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(claims, "T-file"), "");
    symlinkSync(outside, path.join(claims, "T-link"));
    symlinkSync(path.join(outside, "nowhere"), path.join(claims, "T-nowhere"));
    symlinkSync(path.join(outside, "nothing"), path.join(claims, "T-record", "1.json"));
    const ada = await folders.open(0, "ada");
    const standings = (await ada.list()).map(({ task, standing }) => [task.id, standing.kind]);
    t.same(Object.fromEntries(standings), {
      "T-file": "unreadable",
      "T-link": "free",
      "T-nowhere": "free",
      "T-record": "unreadable",
      "T-sound": "free",
    });
    for (const id of ["T-link", "T-nowhere"]) {
      await t.rejects(ada.claim(id), { code: "STORE_UNUSABLE", message: /should be a directory of claims/ });
      t.match(await ada.show(id), { task: { status: "pending" } });
    }
    for (const id of ["T-file", "T-record"])
      await t.rejects(ada.claim(id), { code: "STORE_UNUSABLE", message: /^The claim of T-.* can't be read/ });
    t.match(await ada.release("T-record", { force: { reason: "planted" } }), { kind: "released" });
    t.match(await ada.claim("T-record"), { kind: "claimed", token: 3 });
    t.match(await ada.claim("T-sound"), { kind: "claimed" });
  },
);

await t.test("a reason for stealing is bounded too, or its record could not be read", async (t) => {
  const folders = createTaskFolders(t, 1);
  await folders.create(["T-1"]);
  await (await folders.open(0, "bob")).claim("T-1");
  const ada = await folders.open(0, "ada");
  await t.rejects(ada.claim("T-1", { steal: { reason: "x".repeat(200_000) } }), { code: "LIMIT_EXCEEDED" });
  t.match(await ada.claim("T-1"), { kind: "alreadyClaimed", by: "bob" });
});

await t.test("a worktree that git notes by a relative path is not taken for gone", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-1"]);
  const [, linked] = folders.places;
  if (linked === undefined) return t.fail("no second place");
  writeFileSync(path.join(linked.workTree, ".git"), "gitdir: ../main/.git/worktrees/tree-1\n");
  writeFileSync(path.join(linked.gitDir, "gitdir"), "../../../../tree-1/.git\n");
  await (await folders.open(1, "bob")).claim("T-1");
  const ada = await folders.open(0, "ada");
  t.match(await ada.claim("T-1"), { worktree: "tree-1", path: linked.workTree, worktreeGone: false });
});

await t.test("an id that stands elsewhere in a file that can't be read is not given again", async (t) => {
  const folders = createTaskFolders(t, 2);
  await folders.create(["T-1"]);
  rmSync(folders.file(0, "T-1"));
  writeFileSync(folders.file(1, "T-1"), "<<<<<<< ours\n");
  const ada = await folders.open(0, "ada");
  await t.rejects(ada.create({ title: "x", id: "T-1" }), { code: "INVALID_ENTITY", message: /tree-1/ });
  t.match(await ada.claim("T-1"), { kind: "notFound", elsewhere: [folders.places[1]?.workTree] });
});

await t.test("a field that a new task gets from elsewhere is refused, not lost", async (t) => {
  const ada = await createTaskFolders(t, 1).open(0, "ada");
  for (const field of ["status", "priority", "id"]) {
    await t.rejects(ada.create({ title: "x", fields: { [field]: "closed" } }), {
      code: "USAGE",
      message: new RegExp(`^The field ${field} `),
    });
  }
  t.same(await ada.list(), []);
});
