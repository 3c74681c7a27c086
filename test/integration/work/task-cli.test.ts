import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { cli, type CliRun } from "../../support/run-cli.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);

/** `task …` as an agent types it. */
async function task(agent: string, dir: string, ...argv: string[]): Promise<CliRun> {
  return await cli(dir, ["task", ...argv], { GOT_AGENT: agent });
}

async function data(agent: string, dir: string, ...argv: string[]): Promise<unknown> {
  const run = await task(agent, dir, ...argv, "--json");
  return { exit: run.status, ...(JSON.parse(run.stdout) as { data: object }).data };
}

async function create(dir: string, ...argv: string[]): Promise<string> {
  return (await task("ada", dir, "create", ...argv)).stdout.trim();
}

/** A repository whose main work tree and linked worktrees begin with the same committed tasks. */
async function withWorktrees(
  name: string,
  ids: readonly string[],
  worktrees: readonly string[],
): Promise<{ main: Repository; linked: Repository[] }> {
  const main = createRepository(sandbox, name);
  for (const id of ids) await create(main.dir, `Do ${id}`, "--id", id);
  main.commit({});
  const linked = worktrees.map((tree) => {
    const dir = path.join(sandbox.root, `${name}-worktrees`, tree);
    main.git("worktree", "add", "-q", "-b", tree, dir);
    return openRepository(sandbox, dir);
  });
  return { main, linked };
}

await t.test("a task is made, claimed, closed and reopened", async (t) => {
  const { dir } = createRepository(sandbox, "life");
  const id = await create(dir, "Fix the login", "--priority", "P1", "--tag", "auth", "--tag", "ui");
  t.match(id, /^T-[0-9a-z]{4}$/);
  t.match(await data("ada", dir, "show", id), {
    task: { title: "Fix the login", status: "pending", priority: 1, tags: ["auth", "ui"], assignee: null },
    standing: { kind: "free" },
    blockedBy: [],
  });
  t.match(await task("ada", dir, "claim", id), { status: 0, stdout: `${id} is ada's now: Fix the login\n` });
  t.match(await task("ada", dir, "claim", id), { status: 0, stdout: /is ada's already/ }, "again");
  t.match(await data("ada", dir, "close", id, "--reason", "fixed", "--data", '{"commits":["6bf895e"]}'), {
    exit: 0,
    kind: "closed",
    task: {
      status: "closed",
      closed_by: "ada",
      close_reason: "fixed",
      close_data: { commits: ["6bf895e"] },
      assignee: "ada",
    },
    unblocked: [],
  });
  t.match(await data("ada", dir, "list"), { tasks: [], matched: 0 });
  t.match(await task("ada", dir, "reopen", id), { status: 0 });
  const { task: reopened } = (await data("ada", dir, "show", id)) as { task: object };
  t.match(reopened, { status: "pending", assignee: null });
  t.notOk(Object.keys(reopened).some((field) => field.startsWith("close")));
  const events = readdirSync(path.join(dir, ".got/events"))
    .flatMap((name) =>
      readFileSync(path.join(dir, ".got/events", name), "utf8")
        .trim()
        .split("\n"),
    )
    .map((line) => JSON.parse(line) as { event: string; token?: number })
    .filter(({ event }) => event.startsWith("task."));
  t.match(events, [
    { event: "task.claimed", token: 1 },
    { event: "task.closed", token: 2, reason: "fixed" },
    { event: "task.reopened", token: 3 },
  ]);
});

await t.test("claimed by somebody and not claimable differ in kind, text and JSON", async (t) => {
  const { dir } = createRepository(sandbox, "kinds");
  for (const id of ["T-1", "T-2", "T-3"]) await create(dir, id, "--id", id);
  await create(dir, "waits", "--id", "T-4", "--depends-on", "T-3");
  await task("ada", dir, "claim", "T-1");
  await task("ada", dir, "close", "T-2");
  t.match(await data("bob", dir, "claim", "T-1"), {
    exit: 1,
    kind: "alreadyClaimed",
    by: "ada",
    worktree: "main",
    path: dir,
    worktreeGone: false,
  });
  t.match(await data("bob", dir, "claim", "T-2"), {
    exit: 1,
    kind: "notClaimable",
    reason: "closed",
    by: "ada",
    merged: true,
  });
  t.match(await data("bob", dir, "claim", "T-4"), {
    exit: 1,
    kind: "notClaimable",
    reason: "blocked",
    by: [{ ref: "task:T-3", status: "pending" }],
  });
  t.match(await data("bob", dir, "claim", "T-9"), { exit: 1, kind: "notFound", elsewhere: [] });
  const said = async (id: string): Promise<CliRun> => await task("bob", dir, "claim", id);
  t.match(await said("T-1"), {
    status: 1,
    stdout: "",
    stderr: /^T-1 is already claimed by ada since .* --next\n$/,
  });
  t.match(await said("T-2"), {
    status: 1,
    stderr: /^T-2 can't be claimed: it is closed, by ada at .* reopen T-2/,
  });
  t.match(await said("T-4"), { status: 1, stderr: "T-4 can't be claimed: it waits for T-3 (pending)\n" });
  t.match(await said("T-9"), { status: 1, stderr: /^there is no task T-9 in this work tree; / });
  t.match(await said("../x"), { status: 2, stderr: /"..\/x" is no task's id/ });
  t.match(await task("bob", dir, "claim"), { status: 2, stderr: /Name a task, or say --next/ });
});

await t.test("a claim in one worktree is known in all others before anything is merged", async (t) => {
  const { main, linked } = await withWorktrees("claims", ["T-1", "T-2"], ["left", "right"]);
  const [left, right] = linked as [Repository, Repository];
  t.match(await data("ada", left.dir, "claim", "--next"), { kind: "claimed", task: { id: "T-1" } });
  t.match(await data("ada", right.dir, "claim", "T-1"), {
    kind: "alreadyClaimed",
    by: "ada",
    worktree: "left",
    path: left.dir,
  });
  t.match(await data("bob", right.dir, "claim", "--next"), { kind: "claimed", task: { id: "T-2" } });
  t.match(await data("eve", main.dir, "claim", "--next"), { kind: "nothingReady", taken: 2 });
  t.match(await data("bob", right.dir, "close", "T-1"), { exit: 1, kind: "claimedByOther", by: "ada" });
  t.match(await data("ada", left.dir, "close", "T-1"), { exit: 0, kind: "closed" });
  t.match(await data("bob", right.dir, "claim", "T-1"), {
    kind: "notClaimable",
    reason: "closed",
    by: "ada",
    worktree: "left",
    merged: false,
  });
  t.match(await task("bob", right.dir, "claim", "T-1"), {
    stderr: /in worktree left, which is not merged here/,
  });
  t.match(await data("bob", right.dir, "close", "T-1", "--force"), {
    exit: 1,
    kind: "alreadyClosed",
    by: "ada",
    worktree: "left",
  });
  t.match(await data("bob", right.dir, "reopen", "T-1"), { exit: 1, kind: "notMerged", worktree: "left" });
  left.commit({});
  main.git("merge", "-q", "left");
  t.match(await data("eve", main.dir, "claim", "T-1"), { reason: "closed", by: "ada", merged: true });
});

await t.test("a claim whose worktree is gone is told, and never stolen silently", async (t) => {
  const { main, linked } = await withWorktrees("gone", ["T-1"], ["left"]);
  const [left] = linked as [Repository];
  await task("ada", left.dir, "claim", "T-1");
  main.git("worktree", "remove", "--force", left.dir);
  t.match(await data("bob", main.dir, "claim", "--next"), { exit: 1, kind: "nothingReady", taken: 1 });
  t.match(await task("bob", main.dir, "claim", "T-1"), {
    status: 1,
    stderr: /claimed by ada .* in worktree left \(.*, which is gone\); .*--steal --reason/,
  });
  t.match(await task("bob", main.dir, "claim", "T-1", "--steal"), { status: 2 });
  t.match(await data("bob", main.dir, "claim", "T-1", "--steal", "--reason", "its worktree is gone"), {
    exit: 0,
    kind: "claimed",
    token: 2,
    stolenFrom: { by: "ada", worktreeGone: true },
  });
});

await t.test("lists are filtered, and what can't be meant is refused", async (t) => {
  const { dir } = createRepository(sandbox, "lists");
  await create(dir, "one", "--id", "T-1", "--tag", "a", "--priority", "P3");
  await create(dir, "two", "--id", "T-2", "--parent", "T-1", "--depends-on", "T-1", "--data", '{"points":3}');
  await task("ada", dir, "claim", "T-1");
  const listed = async (...argv: string[]): Promise<string[]> =>
    ((await data("ada", dir, "list", ...argv)) as { tasks: { task: { id: string } }[] }).tasks.map(
      (view) => view.task.id,
    );
  t.same(await listed(), ["T-2", "T-1"]);
  t.same(await listed("--mine"), ["T-1"]);
  t.same(await listed("--blocked"), ["T-2"]);
  t.same(await listed("--tag", "a", "--assignee", "ada"), ["T-1"]);
  t.same(await listed("--parent", "task:T-1"), ["T-2"]);
  t.same(await listed("--status", "in_progress", "--status", "closed"), ["T-1"]);
  t.match(await task("ada", dir, "list"), {
    stdout: "T-2  P2  blocked  two  waits for T-1 (in_progress)\nT-1  P3  mine  one\n",
  });
  t.match(await task("ada", dir, "close", "T-1"), { stdout: "T-1 closed: one\nNow ready: T-2\n" });
  t.match(await task("ada", dir, "release", "T-2", "--force"), { status: 2, stderr: /belong together/ });
  t.match(await task("ada", dir, "claim", "T-2", "--next"), { status: 2, stderr: /not both/ });
  t.match(await task("ada", dir, "close", "T-2", "--data", "{"), { status: 2, stderr: /not valid JSON/ });
  t.match(await task("ada", dir, "list", "--limit", "x"), { status: 2, stderr: /whole number/ });
  const odd = await create(dir, "--priority", "9", "--", "--odd\nT-1  P0  ready  fake");
  const { stdout: ready } = await task("ada", dir, "ready");
  t.match(ready, `${odd}  P9  ready  --odd\\nT-1  P0  ready  fake\n`, "one line a task");
  t.match(await task("ada", dir, "create", "x", "--priority", "high"), { status: 2, stderr: /no priority/ });
});
