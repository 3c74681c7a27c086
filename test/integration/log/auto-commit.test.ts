import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { cli, type CliRun } from "../../support/run-cli.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";

const config = JSON.stringify({ version: 1, events: { autoCommit: true } });

function prepare(t: Test): { repository: Repository; append: (name: string) => Promise<CliRun> } {
  const sandbox = createSandbox({ GOT_SESSION: "one" });
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  repository.commit({ ".got/config.json": config, "file.txt": "1\n" });
  repository.git("checkout", "-q", "-b", "work");
  const env = { ...sandbox.env, GOT_SESSION: "one" };
  return { repository, append: (name) => cli(repository.dir, ["event", "append", name, "--json"], env) };
}

await t.test(
  "a repository can only ask for auto-commit: the user's git configuration allows it",
  async (t) => {
    const { repository, append } = prepare(t);
    const asked = await append("a");
    t.match(asked.stderr, /asks for its events to be committed.*git config got\.autoCommit true/);
    t.same(JSON.parse(asked.stdout).data.commit, { kind: "off" });
    t.equal(repository.git("rev-list", "--count", "HEAD"), "1\n");
    repository.git("config", "got.autoCommit", "false");
    t.equal((await append("b")).stderr, "", "a no is a no");
  },
);

await t.test("commits .got and nothing else, with a clear message, and pushes nothing", async (t) => {
  const { repository, append } = prepare(t);
  repository.git("config", "got.autoCommit", "true");
  repository.write("file.txt", "2\n");
  repository.write("new.txt", "new\n");
  const run = await append("task.claimed");
  t.match(JSON.parse(run.stdout).data.commit, { kind: "committed", branch: "work" }, run.stderr);
  t.equal(repository.git("log", "-1", "--format=%s"), "got: event task.claimed\n");
  t.equal(repository.git("show", "--name-only", "--format=", "HEAD"), ".got/events/one.jsonl\n");
  t.equal(repository.git("status", "--porcelain"), " M file.txt\n?? new.txt\n");
});

await t.test("never with something staged, on a protected branch, detached, or during a merge", async (t) => {
  const { repository, append } = prepare(t);
  repository.git("config", "got.autoCommit", "true");
  const refuses = async (reason: RegExp): Promise<void> => {
    const [head, staged] = [
      repository.git("rev-parse", "HEAD"),
      repository.git("diff", "--cached", "--name-only"),
    ];
    const run = await append("x");
    t.equal(run.status, 0);
    t.match(run.stderr, reason);
    t.same(
      [repository.git("rev-parse", "HEAD"), repository.git("diff", "--cached", "--name-only")],
      [head, staged],
    );
  };
  repository.write("file.txt", "2\n");
  repository.git("add", "file.txt");
  await refuses(/not committed: something is staged/);
  repository.git("commit", "-q", "-m", "file");
  repository.git("checkout", "-q", "main");
  await refuses(/not committed: the branch main is protected/);
  repository.git("checkout", "-q", "--detach");
  await refuses(/not committed: HEAD is detached/);
  repository.git("checkout", "-q", "-b", "other", "main");
  repository.commit({ "file.txt": "3\n" });
  repository.try("merge", "work");
  await refuses(/not committed: a merge is under way/);
  repository.git("merge", "--abort");
  repository.try("cherry-pick", "work");
  await refuses(/not committed: a cherry-pick is under way/);
  repository.git("cherry-pick", "--abort");
  repository.git("config", "--add", "got.protectedBranch", "release");
  repository.git("config", "--add", "got.protectedBranch", "other");
  await refuses(/not committed: the branch other is protected/);
});

await t.test(
  "a hook that refuses the commit leaves the index as it was, and the event in the work tree",
  async (t) => {
    const { repository, append } = prepare(t);
    repository.git("config", "got.autoCommit", "true");
    const hook = path.join(repository.dir, ".git", "hooks", "pre-commit");
    mkdirSync(path.dirname(hook), { recursive: true });
    writeFileSync(hook, "#!/bin/sh\necho not today >&2\nexit 1\n");
    chmodSync(hook, 0o755);
    const run = await append("a");
    t.match(run.stderr, /not committed: not today/);
    t.equal(repository.git("diff", "--cached", "--name-only"), "");
    t.ok(existsSync(path.join(repository.dir, ".got", "events", "one.jsonl")));
  },
);
