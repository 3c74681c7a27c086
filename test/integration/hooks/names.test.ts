import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { installHooks, shells, spooledEvents, trackedEvents } from "../../support/install-hooks.ts";
import {
  createRepository,
  createSandbox,
  openRepository,
  type Repository,
  type Run,
} from "../../support/sandbox.ts";

function prepare(t: Test, shell = "/bin/sh", name = "repo"): Repository {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox, name);
  repository.commit({ base: "1" });
  installHooks(repository, { shell, track: false });
  return repository;
}

const commitAs = (repository: Repository, env: Record<string, string>): Run =>
  repository.sandbox.run(repository.dir, "git", ["commit", "-q", "--allow-empty", "-m", "x"], { env });

const oddNames = [
  "it's",
  'say-"hi"',
  "naïve/ünïcödé",
  "emoji-😀",
  "$(touch)",
  "a;b&c|d",
  "per%cent",
  "`tick`",
  "100%s%n",
  "#{x}",
  "{a,b}",
  "-dash".slice(1),
];

for (const shell of shells) {
  await t.test(`any name reaches the event as it is (${shell})`, async (t) => {
    const repository = prepare(t, shell, "odd 'repo' \"with\" $names\nand lines");
    for (const name of oddNames) {
      repository.git("checkout", "-q", "-b", name);
      t.equal(spooledEvents(repository).at(-1)?.branch, name, `branch ${name}`);
      t.equal(commitAs(repository, { GOT_AGENT: name }).status, 0);
      t.equal(spooledEvents(repository).at(-1)?.agent, name, `agent ${name}`);
    }
    t.equal(repository.git("status", "--porcelain"), "");
  });
}

await t.test(
  "bytes that are no UTF-8 become the replacement character, and the line stays JSON",
  async (t) => {
    const repository = prepare(t);
    repository.sandbox.run(repository.dir, "sh", ["-c", "git checkout -q -b \"$(printf 'x\\377y\\303')\""]);
    t.equal(spooledEvents(repository).at(-1)?.branch, "x\uFFFDy\uFFFD");
    t.equal(
      repository.sandbox.run(repository.dir, "sh", [
        "-c",
        "GOT_AGENT=$(printf 'a\\355\\240\\200b\\360\\237\\230\\200') git commit -q --allow-empty -m x",
      ]).status,
      0,
    );
    t.equal(spooledEvents(repository).at(-1)?.agent, "a\uFFFD\uFFFD\uFFFDb😀");
  },
);

await t.test("linked worktrees with odd names each have a spool of their own", async (t) => {
  const repository = prepare(t);
  for (const [index, name] of ["main", "with space", ".hidden", "ünï", "quo'te", "a%41"].entries()) {
    const dir = path.join(repository.sandbox.root, `trees ${index}`, name);
    repository.git("worktree", "add", "-q", dir, "-b", `b${index}`);
    const linked = openRepository(repository.sandbox, dir);
    linked.git("commit", "-q", "--allow-empty", "-m", "x");
    const id = path.basename(linked.git("rev-parse", "--git-dir").trim());
    const events = spooledEvents(repository).filter(({ branch }) => branch === `b${index}`);
    t.strictSame(
      events.map(({ event, worktree }) => [event, worktree]),
      [
        ["git.checkout", id],
        ["git.commit", id],
      ],
    );
  }
  t.equal(
    new Set(spooledEvents(repository).map(({ session }) => session)).size,
    6,
    "one session per worktree",
  );
});

await t.test("worktrees with names near the limit of the file system lose no event", async (t) => {
  const repository = prepare(t);
  for (const [index, name] of ["x".repeat(245), "☃".repeat(80), `${"☃".repeat(79)}x`].entries()) {
    const dir = path.join(repository.sandbox.root, name);
    repository.git("worktree", "add", "-q", dir, "-b", `long${index}`);
    const run = commitAs(openRepository(repository.sandbox, dir), {});
    t.strictSame([run.status, run.stderr], [0, ""]);
    const events = spooledEvents(repository).filter(({ branch }) => branch === `long${index}`);
    t.strictSame(
      events.map(({ event, worktree }) => [event, worktree]),
      [
        ["git.checkout", name],
        ["git.commit", name],
      ],
    );
  }
  t.equal(readdirSync(path.join(repository.dir, ".git", "got", "spool")).length, 3, "a spool for each");
});

await t.test("the events of a removed worktree are folded whatever its name was", async (t) => {
  const repository = prepare(t);
  repository.write(".got/config.json", '{ "version": 1 }\n');
  const names = ["ünï", "☃".repeat(80), "main"];
  for (const name of [...names, "stäys"]) {
    const dir = path.join(repository.sandbox.root, "trees", name);
    repository.git("worktree", "add", "-q", dir, "-b", `of-${name.slice(0, 5)}`);
    if (name !== "stäys") repository.git("worktree", "remove", dir);
  }
  repository.commit({ base: "2" });
  const folded = trackedEvents(repository).filter(({ event }) => event === "git.checkout");
  t.strictSame(folded.map(({ worktree }) => worktree).sort(), [...names].sort());
  t.same(new Set(spooledEvents(repository).map(({ worktree }) => worktree)), new Set(["main", "stäys"]));
});

await t.test("agent and session are checked before they are used", async (t) => {
  const repository = prepare(t);
  const last = (): { agent: string | undefined; session: string | undefined } => {
    const event = spooledEvents(repository).at(-1);
    return { agent: event?.agent, session: event?.session };
  };
  commitAs(repository, {});
  const { session } = last();
  commitAs(repository, { GOT_AGENT: "Bob", GOT_SESSION: "20261121-010203-0a1b2c3d" });
  t.strictSame(last(), { agent: "Bob", session: "20261121-010203-0a1b2c3d" });
  for (const bad of ["../../evil", ".x", "-x", "a b", "a/b", "x".repeat(101), "a\nb"]) {
    const run = commitAs(repository, { GOT_SESSION: bad });
    t.equal(run.status, 0);
    t.match(run.stderr, /^got-hooks: GOT_SESSION is ignored: /);
    t.equal(last().session, session, `session ${JSON.stringify(bad.slice(0, 20))}`);
  }
  for (const bad of ["a\nb", "a\u0007b", "x".repeat(101)]) {
    t.equal(commitAs(repository, { GOT_AGENT: bad }).status, 0);
    t.equal(last().agent, "Ada", `agent ${JSON.stringify(bad.slice(0, 20))}`);
  }
});

await t.test("the agent is who git says when nobody else does, and follows the configuration", async (t) => {
  const repository = prepare(t);
  const agent = (...config: string[]): string | undefined => {
    repository.sandbox.run(repository.dir, "env", [
      "-u",
      "GIT_COMMITTER_NAME",
      "git",
      ...config,
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "x",
    ]);
    return spooledEvents(repository).at(-1)?.agent;
  };
  repository.git("config", "user.name", "Carol");
  repository.git("config", "user.email", "c@example.com");
  t.equal(agent(), "Carol");
  t.equal(agent("-c", "user.name=Dan"), "Dan");
  t.equal(agent(), "Carol");
  repository.git("config", "user.name", "Eve");
  t.equal(agent(), "Eve");
});

await t.test("a session lasts a day", async (t) => {
  const repository = prepare(t);
  commitAs(repository, {});
  const file = path.join(repository.dir, ".git", "got", "session");
  const lines = readFileSync(file, "utf8").split("\n");
  const first = spooledEvents(repository).at(-1)?.session;
  lines[2] = String(Number(lines[2]) - 86_399 + 60);
  repository.write(".git/got/session", lines.join("\n"));
  commitAs(repository, {});
  t.equal(spooledEvents(repository).at(-1)?.session, first, "until it is over");
  lines[2] = String(Number(lines[2]) - 120);
  repository.write(".git/got/session", lines.join("\n"));
  commitAs(repository, {});
  t.not(spooledEvents(repository).at(-1)?.session, first, "then there is a new one");
});

await t.test("a damaged session or clock file is replaced, not obeyed", async (t) => {
  const repository = prepare(t);
  for (const junk of ["", "1\n", "1\n../../x\nNaN\n\n\n", "\0\0\0", '2\na\n1\nx\n"y"\n- 0 0\n']) {
    repository.write(".git/got/session", junk);
    repository.write(".git/got/clock", junk);
    t.equal(commitAs(repository, {}).status, 0);
    t.match(
      spooledEvents(repository).at(-1)?.session ?? "",
      /^\d{8}-\d{6}-[0-9a-f]{8}$/,
      JSON.stringify(junk),
    );
  }
  t.strictSame(trackedEvents(repository), []);
});

await t.test("stamps grow although the clock stands still or the newest seen stamp is ahead", async (t) => {
  const repository = prepare(t);
  const ahead = Date.now() + 3_600_000;
  repository.write(".git/got/clock", `${ahead}\n`);
  for (let n = 0; n < 3; n++) commitAs(repository, {});
  const stamps = spooledEvents(repository).map(({ ts }) => Date.parse(ts));
  t.strictSame(stamps, [ahead + 1, ahead + 2, ahead + 3]);
});
