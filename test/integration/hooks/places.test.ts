import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import {
  allEvents,
  installHooks,
  shells,
  spooledEvents,
  trackedEvents,
  writeUserHook,
} from "../../support/install-hooks.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";

function prepare(t: Test, options: Parameters<typeof installHooks>[1] = {}): Repository {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  installHooks(repository, options);
  repository.commit({ base: "1" });
  return repository;
}

await t.test("a bare repository records its pushes", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const source = createRepository(sandbox, "source");
  source.commit({ a: "1" });
  sandbox.run(sandbox.root, "git", ["clone", "-q", "--bare", "source", "bare.git"]);
  sandbox.run(sandbox.root, "git", ["init", "-q", "--bare", "other.git"]);
  const bare = openRepository(sandbox, path.join(sandbox.root, "bare.git"));
  installHooks(bare, { track: false });
  bare.git("push", "-q", "../other.git", "main");
  t.strictSame(
    spooledEvents(bare).map(({ event, worktree, url }) => [event, worktree, url]),
    [["git.push", "main", "../other.git"]],
  );
});

await t.test("a submodule has events of its own", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  createRepository(sandbox, "part").commit({ a: "1" });
  const whole = createRepository(sandbox, "whole");
  whole.git("submodule", "add", "-q", "../part", "part");
  installHooks(whole, { track: false });
  const part = openRepository(sandbox, path.join(whole.dir, "part"));
  installHooks(part, { track: false });
  part.commit({ a: "2" });
  whole.commit({}, "part 2");
  t.strictSame(
    spooledEvents(part).map(({ commit }) => commit),
    [part.git("rev-parse", "HEAD").trim()],
  );
  t.strictSame(
    spooledEvents(whole).map(({ commit }) => commit),
    [whole.git("rev-parse", "HEAD").trim()],
  );
});

await t.test("the last events of a removed worktree travel with the next commit elsewhere", async (t) => {
  const repository = prepare(t);
  repository.git("worktree", "add", "-q", "../linked", "-b", "linked");
  openRepository(repository.sandbox, path.join(repository.sandbox.root, "linked")).commit({ l: "1" });
  t.notOk(trackedEvents(repository).some(({ worktree }) => worktree === "linked"));
  repository.commit({ base: "2" });
  t.ok(
    spooledEvents(repository).some(({ worktree }) => worktree === "linked"),
    "not while it is there",
  );
  repository.git("worktree", "remove", "../linked");
  repository.commit({ base: "3" });
  t.ok(
    trackedEvents(repository).some(({ worktree, commit }) => worktree === "linked" && commit !== undefined),
  );
  t.notOk(spooledEvents(repository).some(({ worktree }) => worktree === "linked"));
  t.equal(repository.git("status", "--porcelain"), "");
});

await t.test("events stay in the spool where they must not be tracked", async (t) => {
  await t.test("there is no .got/config.json", async (t) => {
    const repository = prepare(t, { track: false });
    repository.commit({ base: "2" });
    t.notOk(existsSync(path.join(repository.dir, ".got")));
    t.equal(spooledEvents(repository).length, 2);
  });
  await t.test("it says so", async (t) => {
    const config = {
      version: 1,
      other: { events: { track: true } },
      events: { x: [{ track: true }, "}"], track: false },
    };
    const repository = prepare(t, { config });
    repository.commit({ base: "2" });
    t.equal(trackedEvents(repository).length, 0);
    t.equal(spooledEvents(repository).length, 2);
    repository.commit({
      ".got/config.json": JSON.stringify({ merge: { events: { track: false } }, track: false }),
    });
    t.equal(trackedEvents(repository).length, 2, "the same words elsewhere mean nothing");
  });
  await t.test(".got/events is ignored", async (t) => {
    const repository = prepare(t);
    repository.commit({ ".gitignore": ".got/events\n" });
    repository.commit({ base: "2" });
    t.equal(repository.git("ls-files", ".got/events"), "");
    t.notOk(existsSync(path.join(repository.dir, ".got", "events")));
    t.equal(spooledEvents(repository).length, 3);
    t.equal(repository.git("status", "--porcelain"), "");
  });
  await t.test(".got/events leads out of the repository", async (t) => {
    const repository = prepare(t);
    mkdirSync(path.join(repository.sandbox.root, "outside"));
    symlinkSync(path.join(repository.sandbox.root, "outside"), path.join(repository.dir, ".got", "events"));
    repository.commit({ base: "2" });
    repository.commit({ base: "3" });
    t.strictSame(readdirSync(path.join(repository.sandbox.root, "outside")), []);
    t.equal(spooledEvents(repository).length, 3);
  });
  await t.test("another index is in use", async (t) => {
    const repository = prepare(t);
    repository.write("base", "2");
    const env = { GIT_INDEX_FILE: path.join(repository.sandbox.root, "index") };
    repository.sandbox.run(repository.dir, "git", ["add", "base"], { env });
    repository.sandbox.run(repository.dir, "git", ["commit", "-qm", "2"], { env });
    t.equal(trackedEvents(repository).length, 0);
    t.equal(spooledEvents(repository).length, 2);
  });
  await t.test("the work tree is sparse and has no .got", async (t) => {
    const repository = prepare(t);
    repository.commit({ "in/a": "1" });
    repository.git("sparse-checkout", "set", "--no-cone", "/in/");
    const before = allEvents(repository).length;
    repository.write("in/a", "2");
    repository.git("commit", "-qam", "2");
    t.equal(repository.git("status", "--porcelain"), "");
    t.ok(before > 0);
    t.equal(repository.git("show", "--name-only", "--format="), "in/a\n");
  });
});

await t.test("a spool that is never folded is rotated at its limit, and keeps four files", async (t) => {
  const repository = prepare(t, { track: false });
  const spool = path.join(repository.dir, ".git", "got", "spool");
  for (let n = 0; n < 6; n++) {
    writeFileSync(path.join(spool, "main.jsonl"), `{"n":${n}}\n${"x".repeat(4_194_304)}\n`);
    // A new session looks at the size.
    repository.sandbox.run(repository.dir, "rm", [".git/got/session"]);
    repository.git("commit", "-q", "--allow-empty", "-m", "x");
  }
  t.strictSame(
    readdirSync(spool)
      .filter((name) => name.startsWith("main.jsonl."))
      .sort(),
    ["main.jsonl.1", "main.jsonl.2", "main.jsonl.3", "main.jsonl.4"],
  );
});

await t.test("lines that are no events are kept aside, and do not stop the others", async (t) => {
  const repository = prepare(t);
  const spool = path.join(repository.dir, ".git", "got", "spool");
  writeFileSync(
    path.join(spool, "main.jsonl"),
    `{"id":"torn","ts\n${readFileSync(path.join(spool, "main.jsonl"), "utf8")}\n\n`,
  );
  repository.commit({ base: "2" });
  t.equal(trackedEvents(repository).length, 1);
  t.equal(readFileSync(path.join(spool, "torn.jsonl"), "utf8"), '{"id":"torn","ts\n');
});

await t.test("a long event goes through a file of its own", async (t) => {
  const repository = prepare(t);
  repository.git("checkout", "-q", "-b", "side");
  for (let n = 0; n < 30; n++) repository.git("commit", "-q", "--allow-empty", "-m", `${n}`);
  repository.git("checkout", "-q", "-b", "base2", "main");
  repository.commit({ other: "1" });
  repository.git("rebase", "-q", "base2", "side");
  const rewrite = spooledEvents(repository).find(({ event }) => event === "git.rewrite");
  t.equal(Array.isArray(rewrite?.["commits"]) ? rewrite["commits"].length : 0, 30);
  repository.commit({ other: "2" });
  t.equal(trackedEvents(repository).filter(({ event }) => event === "git.rewrite").length, 1);
  t.strictSame(readdirSync(path.join(repository.dir, ".git", "got", "spool")), ["main.jsonl"]);
});

await t.test("what a merge brings moves our clock", async (t) => {
  const repository = prepare(t);
  const ahead = new Date(Date.now() + 7_200_000).toISOString();
  const far = new Date(Date.now() + 10 * 86_400_000).toISOString();
  repository.git("checkout", "-q", "-b", "side");
  repository.commit({
    ".got/events/20260101-000000-00000001.1.jsonl": `{"id":"x:1","ts":"${ahead}","session":"s","agent":"a","event":"x"}\n`,
    ".got/events/20260101-000000-00000002.1.jsonl": `{"id":"x:2","ts":"${far}","session":"s","agent":"a","event":"x"}\n`,
  });
  repository.git("checkout", "-q", "main");
  repository.git("merge", "-q", "side");
  const merged = spooledEvents(repository).find(({ event }) => event === "git.merge");
  t.ok(merged !== undefined && merged.ts > ahead, "later than the newest stamp it has seen");
  t.ok(merged !== undefined && merged.ts < far, "but a stamp days ahead is not followed");
});

await t.test("a full spool directory never fails git", async (t) => {
  const repository = prepare(t, { track: false });
  repository.sandbox.run(repository.dir, "sh", ["-c", "rm -rf .git/got/spool && : >.git/got/spool"]);
  const run = repository.try("commit", "-q", "--allow-empty", "-m", "x");
  t.equal(run.status, 0);
  t.match(run.stderr, /^got-hooks: cannot write .*spool/m);
});

await t.test("git commands that the user's hooks start are recorded as well, without end", async (t) => {
  const repository = prepare(t, { track: false });
  writeUserHook(
    repository,
    "post-commit",
    '[ -n "$DEEPER" ] || DEEPER=1 git commit -q --allow-empty -m deeper',
  );
  repository.git("commit", "-q", "--allow-empty", "-m", "x");
  t.equal(spooledEvents(repository).length, 3);
});

await t.test(
  "stubs from a template directory change nothing in a repository without got-hooks",
  async (t) => {
    const repository = prepare(t);
    const template = path.join(repository.sandbox.root, "template");
    repository.sandbox.run(repository.sandbox.root, "sh", [
      "-c",
      `mkdir -p template && cp -R repo/.git/hooks template/hooks`,
    ]);
    const run = (cwd: string, ...args: string[]): [number | null, string, string] => {
      const done = repository.sandbox.run(cwd, "git", args);
      return [done.status, done.stdout, done.stderr];
    };
    const clone = path.join(repository.sandbox.root, "clone");
    t.strictSame(run(repository.sandbox.root, "clone", "-q", "--template", template, "repo", "clone"), [
      0,
      "",
      "",
    ]);
    t.ok(existsSync(path.join(clone, ".git", "hooks", "post-checkout")));
    t.strictSame(run(clone, "commit", "-q", "--allow-empty", "-m", "x"), [0, "", ""]);
    t.strictSame(run(clone, "checkout", "-q", "-b", "other"), [0, "", ""]);
    t.strictSame(run(clone, "worktree", "add", "-q", "../tree"), [0, "", ""]);
    t.strictSame(
      run(path.join(repository.sandbox.root, "tree"), "commit", "-q", "--allow-empty", "-m", "y"),
      [0, "", ""],
    );
    t.strictSame(run(clone, "merge", "-q", "--no-ff", "--no-edit", "tree"), [0, "", ""]);
    t.strictSame(run(clone, "push", "-q", "origin", "HEAD:refs/heads/pushed"), [0, "", ""]);
    t.notOk(existsSync(path.join(clone, ".git", "got")));
  },
);

await t.test("picks of a rebase that was given up are recorded by the next hook, once", async (t) => {
  const repository = prepare(t);
  repository.git("checkout", "-q", "-b", "side");
  for (const n of ["1", "2"]) repository.commit({ [`s${n}`]: n });
  repository.commit({ base: "side" });
  repository.git("checkout", "-q", "main");
  repository.commit({ base: "main" });
  repository.git("checkout", "-q", "side");
  const before = allEvents(repository).length;
  t.not(repository.try("rebase", "-q", "main").status, 0);
  const picked = repository.git("rev-list", "--reverse", "main..HEAD").trim().split("\n");
  t.equal(picked.length, 2);
  repository.git("rebase", "--abort");
  // A crash between the spool file and the removal of the notes: they are read again.
  repository.sandbox.run(repository.dir, "sh", ["-c", "cp .git/got/picks .git/got/picks.kept"]);
  repository.git("checkout", "-q", "main");
  repository.sandbox.run(repository.dir, "sh", ["-c", `mv .git/got/picks.kept .git/got/picks`]);
  repository.git("checkout", "-q", "side");
  repository.commit({ s3: "3" });
  const events = allEvents(repository).slice(before);
  const commits = events.filter(({ event, during }) => event === "git.commit" && during === "rebase");
  t.strictSame(
    commits.map(({ commit }) => commit),
    picked,
  );
  t.equal(new Set(events.map(({ id }) => id)).size, events.length);
  t.strictSame(
    events.map(({ ts }) => ts),
    events.map(({ ts }) => ts).toSorted(),
  );
  t.equal(repository.git("status", "--porcelain"), "");
  t.strictSame(
    readdirSync(path.join(repository.dir, ".git", "got")).filter((name) => name.startsWith("picks")),
    [],
  );
});

for (const shell of shells) {
  await t.test(
    `where nothing of ours can be written, git works and is told so in one line (${shell})`,
    async (t) => {
      const repository = prepare(t, { shell, track: false });
      repository.git("checkout", "-q", "-b", "topic");
      repository.commit({ topic: "1" });
      repository.git("checkout", "-q", "main");
      repository.commit({ base: "2" });
      // Directories in the place of files, and a file in that of a directory: modes do not stop every user.
      const got = path.join(repository.dir, ".git", "got");
      rmSync(got + "/spool", { recursive: true });
      rmSync(got + "/clock");
      for (const name of ["spool/main.jsonl", "clock"]) mkdirSync(path.join(got, name), { recursive: true });
      const lost = /^got-hooks: cannot write \S+main\.jsonl: this event is lost; [^\n]*\n$/;
      const committed = repository.try("commit", "-q", "--allow-empty", "-m", "x");
      t.equal(committed.status, 0);
      t.match(committed.stderr, lost);
      rmSync(got + "/locks", { recursive: true, force: true });
      writeFileSync(got + "/locks", "");
      const merged = repository.try("merge", "-q", "-m", "x", "topic");
      t.equal(merged.status, 0);
      t.match(merged.stderr, /^got-hooks: the repository lock is held by nobody, but [^\n]*\n/);
      t.match(merged.stderr.split("\n").slice(1).join("\n"), lost);
      t.equal(repository.git("status", "--porcelain"), "");
    },
  );
}
