import { spawn } from "node:child_process";
import path from "node:path";
import t, { type Test } from "tap";
import { installHooks } from "../../support/install-hooks.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";
import { waitFor } from "../../support/wait-for.ts";

const program = path.resolve(import.meta.dirname, "..", "..", "..", "dist", "cli", "main.js");

await t.test("shows what happened in all worktrees, committed or not, as a table and as JSON", async (t) => {
  const { repository, linked } = twoWorktrees(t);
  linked.write("c", "c");
  linked.git("add", "-A");
  linked.git("commit", "-qm", "topic");
  linked.git("commit", "-q", "--amend", "-m", "topic, better");
  const [first, second] = linked.git("rev-parse", "HEAD@{1}", "HEAD").trim().split("\n");
  const shown = await cli(repository.dir, ["log"]);
  t.equal(shown.status, 0, shown.stderr);
  t.match(shown.stdout, new RegExp(`Ada +main +committed .* on main\n`));
  t.match(
    shown.stdout,
    `Ada     linked  committed ${first?.slice(0, 7)} on topic (rewritten to ${second?.slice(0, 7)})\n`,
  );
  t.match(shown.stdout, `amended ${first?.slice(0, 7)} to ${second?.slice(0, 7)} on topic`);
  t.equal(shown.stderr, "");
  const fromLinked = await cli(linked.dir, ["log"]);
  t.equal(fromLinked.stdout, shown.stdout, "every worktree shows the same");
  const { data } = JSON.parse((await cli(repository.dir, ["log", "--json"])).stdout);
  t.match(data, { isAll: true, problems: [], rewritten: [[first, second]] });
  t.equal(data.events.length, shown.stdout.split("\n").length - 1);
  const all = await cli(repository.dir, ["log", "--limit", "0"]);
  t.equal(all.stdout, shown.stdout);
  t.same(JSON.parse((await cli(repository.dir, ["log", "--limit", "0", "--json"])).stdout).data, data);
});

await t.test("events can be chosen by agent, event, entity, branch, and from where on", async (t) => {
  const { repository, linked } = twoWorktrees(t);
  const env = { GOT_AGENT: "bob" };
  await cli(linked.dir, ["event", "append", "task.claimed", "--data", '{"ref":"task:T-1"}'], env);
  const commit = linked.commit({ d: "d" }, "on topic");
  const shown = async (...words: string[]): Promise<string[]> => {
    const run = await cli(repository.dir, ["log", "--json", ...words]);
    t.equal(run.status, 0, run.stdout);
    return JSON.parse(run.stdout).data.events.map(({ event }: { event: string }) => event);
  };
  t.same(await shown("--agent", "bob"), ["task.claimed"]);
  t.same(await shown("--entity", "task:T-1"), ["task.claimed"]);
  t.same(await shown("--entity", "T-1"), ["task.claimed"]);
  t.same(await shown("--entity", "task:*"), ["task.claimed"]);
  t.same(await shown("--entity", "T"), []);
  t.same(await shown("--branch", "topic", "--event", "git.commit"), ["git.commit"]);
  t.same(await shown("--since", commit), ["git.commit"]);
  t.same(await shown("--since", "topic", "--limit", "0"), ["git.commit"]);
  t.same(await shown("--since", `git.commit:${commit}`), ["git.commit"]);
  t.same(await shown("--until", "2001-01-01"), []);
  const [newest] = await shown("--limit", "1");
  t.equal(newest, "git.commit");
  const text = await cli(repository.dir, ["log", "--limit", "1"]);
  t.match(text.stdout, /^\(the newest 1; --limit 0 shows all\)\n2/);
  for (const [words, said] of [
    [["--since", "yesterday"], "--since yesterday is no time, no event's id and no commit"],
    [["--limit", "-1"], "--limit must be a whole number"],
    [["--limit", "1.5"], "--limit must be a whole number"],
    [["--follow", "--until", "1h"], "--follow has no end"],
  ] as const) {
    const run = await cli(repository.dir, ["log", ...words]);
    t.equal(run.status, 2);
    t.match(run.stderr, said);
  }
});

await t.test(
  "--follow shows what comes in, once, also when a commit takes it along, and ends at an interrupt",
  async (t) => {
    const { repository, linked } = twoWorktrees(t);
    const child = spawn(process.execPath, [program, "log", "--follow", "--json", "--limit", "1"], {
      cwd: repository.dir,
      env: repository.sandbox.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.teardown(() => child.kill("SIGKILL"));
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    const lines = (): string[] => output.split("\n").slice(0, -1);
    await waitFor("the newest event", () => lines().length === 1);
    const first = repository.commit({ b: "b" }, "folds what waits");
    await waitFor("the commit", () => output.includes(`git.commit:${first}`));
    const second = linked.commit({ c: "c" }, "in the other worktree");
    await waitFor("the other worktree's commit", () => output.includes(`git.commit:${second}`));
    repository.commit({ c: "c" }, "folds again");
    await waitFor("all of them", () => lines().length >= 4);
    child.kill("SIGINT");
    t.equal(await ended, 0);
    const ids = lines().map((line) => JSON.parse(line).id);
    t.equal(new Set(ids).size, ids.length, "none twice");
  },
);

await t.test("a reader that goes away early ends it without a complaint", async (t) => {
  const { repository } = twoWorktrees(t);
  const run = repository.sandbox.run(repository.dir, "sh", [
    "-c",
    '"$1" "$2" log --limit 0 | true',
    "sh",
    process.execPath,
    program,
  ]);
  t.same(run, { status: 0, stdout: "", stderr: "" });
});

await t.test(
  "works where nothing is installed, nothing has happened, and in a bare repository",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const empty = createRepository(sandbox);
    t.same(await cli(empty.dir, ["log"]), { ...(await cli(empty.dir, ["log", "--limit", "0"])) });
    t.equal((await cli(empty.dir, ["log"])).stdout, "No events.\n");
    t.same(JSON.parse((await cli(empty.dir, ["log", "--json"])).stdout).data.events, []);
    const bare = createRepository(sandbox, "bare", ["--bare"]);
    t.equal((await cli(bare.dir, ["log"])).stdout, "No events.\n");
    t.match((await cli(sandbox.root, ["log"])).stderr, "not in a git repository");
  },
);

function twoWorktrees(t: Test): { repository: Repository; linked: Repository } {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  installHooks(repository);
  repository.commit({ a: "a" }, "first");
  const dir = path.join(sandbox.root, "linked");
  repository.git("worktree", "add", "-q", "-b", "topic", dir);
  return { repository, linked: openRepository(sandbox, dir) };
}
