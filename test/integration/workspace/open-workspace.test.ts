import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { openWorkspace } from "../../../src/workspace/open-workspace.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
const { env } = sandbox;

await t.test(
  "a subdirectory opens its work tree, as the session and agent that the command line has",
  async (t) => {
    const { dir } = createRepository(sandbox);
    const folder = path.join(dir, "a b");
    mkdirSync(folder);
    const work = await openWorkspace({ cwd: folder, env });
    t.equal(work.workTree, dir);
    t.equal(work.agent, "Ada");
    await work.store.transaction((tx) => tx.put({ type: "task", id: "T-1", title: "x" }));
    await work.close();
    const later = await openWorkspace({ cwd: dir, env });
    t.equal(later.session, work.session, "the worktree's own");
    await later.close();
    t.match(readFileSync(path.join(dir, ".got/events", `${work.session}.jsonl`), "utf8"), '"ref":"task:T-1"');
    t.match((await cli(dir, ["entity", "get", "task:T-1"])).stdout, '"title": "x"');
  },
);

await t.test("names that are given go before the environment", async (t) => {
  const { dir } = createRepository(sandbox, "names");
  const given = { agent: "eve", session: "20260101-000000-0000000a" };
  const work = await openWorkspace({
    cwd: dir,
    env: { ...env, GOT_AGENT: "ada", GOT_SESSION: "x" },
    ...given,
  });
  t.teardown(work.close);
  t.match(work, given);
  t.match(work.log.append({ event: "x" }), given);
  await t.rejects(openWorkspace({ cwd: dir, env: { ...env, GOT_SESSION: "../x" } }), { code: "USAGE" });
});

await t.test("linked worktrees have stores of their own and share the locks", async (t) => {
  const repository = createRepository(sandbox, "main");
  repository.commit({ a: "1" });
  repository.git("worktree", "add", "-q", "../linked");
  const [main, linked] = [
    await openWorkspace({ cwd: repository.dir, env }),
    await openWorkspace({ cwd: path.join(sandbox.root, "linked"), env }),
  ];
  t.teardown(async () => {
    await main.close();
    await linked.close();
  });
  t.equal(main.commonDir, linked.commonDir);
  await main.store.transaction((tx) => tx.put({ type: "task", id: "T-1", title: "x" }));
  t.equal(await linked.store.get("task:T-1"), null);
  const held = await (await main.locks()).acquire("x");
  t.equal(held.kind, "granted");
  t.match(await (await linked.locks()).try("x"), { kind: "timedOut" });
});

await t.test("what cannot be opened says why and leaves nothing open", async (t) => {
  const repository = createRepository(sandbox, "bad");
  repository.write(".got/config.json", '{"merge":[]}');
  await t.rejects(openWorkspace({ cwd: repository.dir, env }), { code: "INVALID_CONFIG" });
  await t.rejects(openWorkspace({ cwd: sandbox.root, env }), { code: "NOT_A_REPOSITORY" });
  const bare = createRepository(sandbox, "bare.git", ["--bare"]);
  await t.rejects(openWorkspace({ cwd: bare.dir, env }), { code: "NOT_A_REPOSITORY" });
});

await t.test("locks that cannot be opened keep nobody from the store, nor from closing it", async (t) => {
  const { dir } = createRepository(sandbox, "locks");
  const work = await openWorkspace({ cwd: dir, env: { ...env, GOT_LOCKS: "carrier-pigeon://roof" } });
  await t.rejects(work.locks(), { code: "USAGE" });
  t.match(await work.store.transaction((tx) => tx.put({ type: "task", id: "T-1", title: "x" })), {
    kind: "committed",
  });
  await work.close();
});
