import path from "node:path";
import t from "tap";
import { installDrivers } from "../../support/install-drivers.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, openRepository } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);

await t.test("a list is added to, marked, ordered, edited and shown", async (t) => {
  const { dir } = createRepository(sandbox, "life");
  const checklist = (...argv: string[]): ReturnType<typeof cli> => cli(dir, ["checklist", ...argv]);
  t.match(await checklist("add", "release", "Write the changelog", "Tag", "Publish"), {
    status: 0,
    stdout: /^added 1 {2}\[ \] \w{4} {2}Write the changelog\nadded 2 .*Tag\nadded 3 .*Publish\n$/,
    stderr: "",
  });
  t.match(await checklist("done", "release", "2"), { status: 0, stdout: /^done 2 {2}\[x\] \w{4} {2}Tag\n$/ });
  t.match(await checklist("done", "release", "2"), {
    status: 0,
    stdout: /^unchanged 2 {2}\[x\] \w{4} {2}Tag, done by Ada at \d{4}-/,
  });
  t.match(await checklist("move", "release", "3", "--first"), { stdout: /^moved 1 .*Publish/ });
  t.match(await checklist("edit", "release", "1", "Publish it"), { stdout: /^now 1 .*Publish it/ });
  t.match(await checklist("show", "checklist:release"), {
    stdout:
      /^checklist:release: 1 of 3 done\n {2}1 {2}\[ \] \w{4} {2}Publish it\n.*changelog\n {2}3 {2}\[x\].*Tag {2}\(Ada, /,
  });
  t.match(await checklist("reopen", "release", "3"), { stdout: /^reopened 3 {2}\[ \]/ });
  t.match(await checklist("remove", "release", "1"), { stdout: /^removed \w{12} {2}Publish it\n$/ });
  t.match(await checklist("list"), { stdout: "checklist:release  0 of 2 done\n" });
  const shown = JSON.parse((await checklist("show", "release", "--json")).stdout);
  t.match(shown, {
    command: "checklist show",
    data: {
      list: "checklist:release",
      done: 0,
      items: [{ number: 1, text: "Write the changelog", done: null }, { number: 2 }],
    },
  });
  t.match(await checklist("done", "release", "9"), {
    status: 1,
    stderr: /There is no item 9 in the checklist checklist:release; it has 2/,
  });
  t.match(await checklist("move", "release", "1"), { status: 2, stderr: /Where to\?/ });
  t.match(await checklist("move", "release", "1", "--first", "--after", "2"), {
    status: 2,
    stderr: /one place/,
  });
  t.match(await checklist("add", "release", "a\nb"), { status: 2, stderr: /line break/ });
});

await t.test("a list belongs to an entity that is there, and to none that keeps items itself", async (t) => {
  const { dir } = createRepository(sandbox, "owners");
  t.match(await cli(dir, ["checklist", "add", "task:T-1", "Ask"]), {
    status: 1,
    stderr: /There is no entity task:T-1/,
  });
  await cli(dir, ["entity", "create", "task:T-1"]);
  t.match(await cli(dir, ["checklist", "add", "task:T-1", "Ask"]), { status: 0 });
  await cli(dir, ["entity", "create", "checklist:old", 'items=[{"id":"a","text":"x"}]']);
  t.match(await cli(dir, ["checklist", "add", "old", "Ask"]), {
    status: 1,
    stderr: /keeps its items in a field of its own/,
  });
});

await t.test("two linked worktrees work on one list: after merges by git both show the same", async (t) => {
  const repository = createRepository(sandbox, "worktrees");
  installDrivers(repository);
  const show = async (dir: string): Promise<{ items: { text: string; done: { by: string } | null }[] }> =>
    JSON.parse((await cli(dir, ["checklist", "show", "l", "--json"])).stdout).data;
  const as = (dir: string, agent: string, ...argv: string[]): ReturnType<typeof cli> =>
    cli(dir, ["checklist", ...argv], { GOT_AGENT: agent, GOT_SESSION: `session-${agent}` });
  await as(repository.dir, "ada", "add", "l", "one", "two", "three");
  repository.commit({}, "a list");
  const dir = path.join(sandbox.root, "linked");
  repository.git("worktree", "add", "-q", "-b", "topic", dir);
  const linked = openRepository(sandbox, dir);

  await as(repository.dir, "ada", "done", "l", "1");
  await as(repository.dir, "ada", "add", "l", "from main", "--after", "1");
  await as(repository.dir, "ada", "remove", "l", "4");
  repository.commit({}, "main");
  await as(dir, "bob", "done", "l", "1");
  await as(dir, "bob", "edit", "l", "3", "three, but edited");
  await as(dir, "bob", "add", "l", "from topic", "--after", "1");
  linked.commit({}, "topic");

  repository.git("merge", "-q", "-m", "merge topic", "topic");
  linked.git("merge", "-q", "-m", "merge main", "main^1");
  const both = await show(repository.dir);
  t.same(await show(dir), both);
  t.same(
    both.items.map(({ text, done }) => `${text} ${done?.by ?? "-"}`),
    ["one ada", "from topic -", "from main -", "two -"],
  );
  t.equal(repository.git("status", "--porcelain"), "");
});
