import path from "node:path";
import t from "tap";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

await t.test("event append and event log: what one writes the other shows", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const env = { GOT_AGENT: "ada", GOT_SESSION: "one" };
  const appended = await cli(
    repository.dir,
    ["event", "append", "task.claimed", "--data", '{"task":"T-1"}', "--json"],
    env,
  );
  t.equal(appended.status, 0, appended.stderr);
  const { event } = JSON.parse(appended.stdout).data;
  t.match(event, { session: "one", agent: "ada", event: "task.claimed", worktree: "main", task: "T-1" });
  t.same(JSON.parse(repository.read(".got/events/one.jsonl")), event);
  await cli(repository.dir, ["event", "append", "note", "--agent", "bob"], env);
  const all = await cli(path.join(repository.dir), ["event", "log", "--json"], env);
  t.match(JSON.parse(all.stdout).data, { matched: 2, events: [event, { agent: "bob" }] });
  const table = await cli(repository.dir, ["event", "log", "--event", "task.*"], env);
  t.match(table.stdout, /ada {2}task\.claimed {2}\{"task":"T-1"\}/);
  t.notMatch(table.stdout, /bob/);
  const newest = await cli(repository.dir, ["event", "log", "--limit", "1"], env);
  t.match(newest.stdout, /newest 1 of 2[\s\S]*bob/);
  repository.write(".got/events/zz.jsonl", '{"id":');
  t.match((await cli(repository.dir, ["event", "log"], env)).stderr, /zz\.jsonl line 1 is passed over/);
});

await t.test("without GOT_SESSION the session is the worktree's, shared with the hooks", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  await cli(repository.dir, ["event", "append", "a"]);
  await cli(repository.dir, ["event", "append", "b"]);
  const [format, session, began] = repository.read(".git/got/session").split("\n");
  t.equal(format, "1");
  t.equal(began, "0");
  t.equal(repository.read(`.got/events/${session}.jsonl`).split("\n").length, 3);
});

await t.test("what is wrong is said, and nothing is written", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  for (const [words, said] of [
    [["append", "x", "--data", "{"], /--data is not valid JSON/],
    [["append", "x", "--data", "[]"], /--data must be a JSON object/],
    [["append", "x", "--data", '{"ts":"1"}'], /ts, which the log itself fills in/],
    [["append", "x", "--agent", ""], /can't be the name of an agent/],
    [["log", "--since", "yesterday"], /--since yesterday is no time/],
    [["log", "--limit", "-1"], /--limit must be/],
  ] as const) {
    const run = await cli(repository.dir, ["event", ...words]);
    t.equal(run.status, 2, words.join(" "));
    t.match(run.stderr, said);
  }
  t.equal(repository.git("status", "--porcelain"), "");
  t.match((await cli(sandbox.root, ["event", "log"])).stderr, /not in a git repository/);
});
