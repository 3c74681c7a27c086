import { mkdirSync, truncateSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bothChanged, diverge, entityText, resolve, taskFile } from "../../support/conflicted.ts";
import { installDrivers } from "../../support/install-drivers.ts";
import { installHooks, spooledEvents, trackedEvents } from "../../support/install-hooks.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";
import { eventLine } from "../../support/tasks.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
let count = 0;

function diverged(files: Parameters<typeof diverge>[1] = bothChanged, drivers = false): Repository {
  const repository = createRepository(sandbox, `repo-${count++}`);
  diverge(repository, files);
  if (drivers) installDrivers(repository);
  return repository;
}

function title(repository: Repository): unknown {
  return (JSON.parse(repository.read(taskFile)) as { title: unknown }).title;
}

await t.test("in a rebase ours is what is rebased onto, and the output says so", async (t) => {
  for (const drivers of [false, true]) {
    const repository = diverged(bothChanged, drivers);
    repository.git("checkout", "-q", "topic");
    t.not(repository.try("rebase", "-q", "main").status, 0);
    const shown = await cli(repository.dir, ["resolve", "--dry-run"]);
    t.match(shown.stdout, /^ours {3}main [0-9a-f]{7} "ours change": the new base of the rebase\n/);
    t.match(shown.stdout, /\ntheirs topic [0-9a-f]{7} "theirs change": the commit being rebased\n/);
    const run = await resolve(repository.dir, "--theirs");
    t.match(run, { status: 0, data: { sides: { operation: "rebase" } } });
    repository.git("rebase", "--continue");
    t.equal(title(repository), "Theirs");
    t.equal(repository.git("status", "--porcelain"), "");
  }
});

await t.test("in a cherry-pick, a revert, a popped stash and a linked worktree", async (t) => {
  await t.test("cherry-pick", async (t) => {
    const repository = diverged();
    t.not(repository.try("cherry-pick", "topic").status, 0);
    t.match(await resolve(repository.dir, "--ours"), {
      status: 0,
      data: { sides: { operation: "cherry-pick" } },
    });
    repository.git("cherry-pick", "--continue");
    t.equal(title(repository), "Ours");
  });
  await t.test("revert", async (t) => {
    const repository = diverged({ [taskFile]: { base: entityText(), ours: entityText({ title: "Ours" }) } });
    repository.commit({ [taskFile]: entityText({ title: "Later" }) }, "later");
    t.not(repository.try("revert", "--no-edit", "HEAD~1").status, 0);
    t.match(await resolve(repository.dir, "--ours"), { status: 0, data: { sides: { operation: "revert" } } });
    t.equal(title(repository), "Later");
  });
  await t.test("stash pop", async (t) => {
    for (const drivers of [false, true]) {
      const repository = diverged({ [taskFile]: { base: entityText() } }, drivers);
      repository.write(taskFile, entityText({ title: "Stashed", points: 3 }));
      repository.git("stash", "-q");
      repository.commit({ [taskFile]: entityText({ title: "Committed" }) });
      t.not(repository.try("stash", "pop", "-q").status, 0);
      const run = await resolve(repository.dir, "--theirs");
      t.match(run, { status: 0, data: { sides: { operation: "none" }, files: [{ outcome: "resolved" }] } });
      t.match(JSON.parse(repository.read(taskFile)), { title: "Stashed", points: 3 });
    }
  });
  await t.test("linked worktree", async (t) => {
    const repository = diverged();
    const dir = path.join(sandbox.root, `linked-${count}`);
    repository.git("worktree", "add", "-q", dir, "topic");
    const linked = openRepository(sandbox, dir);
    t.not(linked.try("merge", "-q", "main").status, 0);
    t.match(await resolve(dir, "--theirs"), { status: 0 });
    linked.git("commit", "-q", "--no-edit");
    t.equal(title(linked), "Ours");
    t.match(spooledEvents(repository), [
      { event: "merge.resolved", worktree: path.basename(dir), path: taskFile },
    ]);
  });
});

await t.test(
  "what was resolved is an event, that the commit takes along and nothing makes dirty",
  async (t) => {
    const repository = createRepository(sandbox, `repo-${count++}`);
    installHooks(repository);
    diverge(repository, bothChanged);
    t.not(repository.try("merge", "-q", "topic").status, 0);
    t.equal((await resolve(repository.dir, "--latest")).status, 0);
    t.notMatch(repository.git("status", "--porcelain"), /^.[^ ]/m, "all is staged, nothing else is there");
    const resolved = spooledEvents(repository).filter(({ event }) => event === "merge.resolved");
    t.match(resolved, [
      {
        id: /^merge\.resolved:[0-9a-f]{32}$/,
        path: taskFile,
        during: "merge",
        result: repository.git("rev-parse", `:${taskFile}`).trim(),
        decisions: [{ at: "owner", rule: "chosen", ours: '"o"', theirs: '"t"', result: '"t"' }, {}, {}, {}],
      },
    ]);
    repository.git("commit", "-q", "--no-edit");
    t.equal(repository.git("status", "--porcelain"), "");
    t.match(
      trackedEvents(repository).filter(({ event }) => event === "merge.resolved"),
      resolved.map(({ id }) => ({ id })),
    );
  },
);

await t.test("a removed and changed file: by side, by the later commit, by policy", async (t) => {
  const edited = entityText({ title: "Theirs" });
  const files = { [taskFile]: { base: entityText(), ours: null, theirs: edited } };
  const merging = (): Repository => {
    const repository = diverged(files, true);
    t.not(repository.try("merge", "-q", "topic").status, 0);
    return repository;
  };
  await t.test("without a wish it waits", async (t) => {
    const { dir } = merging();
    t.match(await resolve(dir), {
      status: 1,
      data: { files: [{ outcome: "conflict", open: [{ at: "" }] }] },
    });
  });
  await t.test("--theirs keeps it", async (t) => {
    const repository = merging();
    t.match(await resolve(repository.dir, "--theirs"), {
      status: 0,
      data: { files: [{ outcome: "resolved" }] },
    });
    t.equal(repository.read(taskFile), edited);
    t.equal(repository.git("ls-files", "-u"), "");
  });
  await t.test("--ours removes it, with folders that are empty then", async (t) => {
    const repository = merging();
    t.match(await resolve(repository.dir, "--ours"), {
      status: 0,
      data: { files: [{ outcome: "removed" }] },
    });
    t.equal(repository.git("status", "--porcelain"), "");
    t.equal(repository.git("ls-files"), "");
  });
  await t.test("--latest takes the later commit; of the same second none", async (t) => {
    const repository = createRepository(sandbox, `repo-${count++}`);
    diverge(repository, files);
    t.not(repository.try("merge", "-q", "topic").status, 0);
    const [ours, theirs] = ["HEAD", "topic"].map((name) =>
      Number(repository.git("log", "-1", "--format=%at", name)),
    );
    const run = await resolve(repository.dir, "--latest");
    t.equal(run.data.files[0]?.outcome, ours === theirs ? "conflict" : "removed");
    repository.git("merge", "--abort");
    sandbox.run(repository.dir, "git", [
      "commit",
      "-q",
      "--amend",
      "--no-edit",
      "--date=2001-01-01T00:00:00Z",
    ]);
    t.not(repository.try("merge", "-q", "topic").status, 0);
    t.equal((await resolve(repository.dir, "--latest")).data.files[0]?.outcome, "resolved");
  });
  await t.test("a popped stash leaves it too, with any line ends", async (t) => {
    for (const crlf of ["false", "true"]) {
      const repository = diverged({ [taskFile]: { base: entityText() } });
      repository.git("config", "core.autocrlf", crlf);
      repository.write(taskFile, edited);
      repository.git("stash", "-q");
      repository.git("rm", "-q", taskFile);
      repository.git("commit", "-q", "-m", "gone");
      t.not(repository.try("stash", "pop", "-q").status, 0);
      t.match(
        await resolve(repository.dir),
        { status: 1, data: { files: [{ outcome: "conflict", open: [{ at: "" }] }] } },
        crlf,
      );
      t.match(await resolve(repository.dir, "--theirs"), { status: 0 });
      t.equal(repository.git("cat-file", "blob", `:${taskFile}`), edited);
    }
  });
  await t.test("@delete of the policy decides", async (t) => {
    for (const [rule, outcome] of [
      ["delete", "removed"],
      ["keep", "resolved"],
    ] as const) {
      const repository = merging();
      repository.write(
        ".got/config.json",
        JSON.stringify({ version: 1, merge: { task: { "@delete": rule } } }),
      );
      t.match(await resolve(repository.dir), { status: 0, data: { files: [{ outcome }] } }, rule);
    }
  });
});

await t.test("logs and tables: by record, and one field of a record", async (t) => {
  const log = ".got/events/s.jsonl";
  const row = (id: string, fields: object): string => `${JSON.stringify({ id, ...fields })}\n`;
  const files = {
    [log]: {
      base: row("a", { ts: "2026-01-01T00:00:00.000Z", title: "b" }),
      ours: row("a", { ts: "2026-01-02T00:00:00.000Z", title: "o" }) + eventLine("o", 1),
      theirs: row("a", { ts: "2026-01-03T00:00:00.000Z", title: "t" }) + eventLine("t", 2),
    },
    "issues.table": {
      base: row("I-1", { title: "b", n: 1 }) + row("I-2", { title: "b" }),
      ours: row("I-1", { title: "o", n: 1 }) + row("I-2", { title: "b2" }),
      theirs: row("I-1", { title: "t", n: 2 }) + row("I-2", { title: "b" }),
    },
  };
  const merging = (): Repository => {
    const repository = diverged(files, true);
    t.not(repository.try("merge", "-q", "topic").status, 0);
    return repository;
  };
  await t.test("by the later line", async (t) => {
    const repository = merging();
    t.match(await resolve(repository.dir, "--latest", log), { status: 0 });
    t.equal(
      repository.read(log),
      row("a", { ts: "2026-01-03T00:00:00.000Z", title: "t" }) + eventLine("o", 1) + eventLine("t", 2),
    );
  });
  await t.test("by field", async (t) => {
    const repository = merging();
    const run = await resolve(repository.dir, "--ours", "--set", "a.title=given", "--set", "I-1.title=new");
    t.equal(run.status, 0, run.stderr);
    t.equal(
      repository.read(log).split("\n")[0],
      '{"id":"a","ts":"2026-01-02T00:00:00.000Z","title":"given"}',
    );
    t.equal(
      repository.read("issues.table"),
      row("I-1", { title: "new", n: 2 }) + row("I-2", { title: "b2" }),
    );
  });
  await t.test("a log that one side removed keeps what the other added", async (t) => {
    const repository = diverged({
      [log]: { base: eventLine("a", 1), ours: null, theirs: eventLine("a", 1) + eventLine("b", 2) },
    });
    t.not(repository.try("merge", "-q", "topic").status, 0);
    t.match(await resolve(repository.dir), { status: 0 });
    t.equal(repository.read(log), eventLine("b", 2));
  });
});

await t.test("what is not for us is left alone, with a word", async (t) => {
  const repository = diverged({ ...bothChanged, "a.ts": { base: "1\n", ours: "2\n", theirs: "3\n" } });
  t.not(repository.try("merge", "-q", "topic").status, 0);
  const code = repository.read("a.ts");
  const run = await resolve(repository.dir, "--ours");
  t.match(run, {
    status: 1,
    data: {
      files: [
        { outcome: "resolved" },
        { path: "a.ts", outcome: "left", reason: /no merge driver covers it/ },
      ],
    },
  });
  t.equal(repository.read("a.ts"), code);

  const links = diverged({ [taskFile]: { base: entityText() } });
  for (const [branch, target] of [
    ["topic", "t"],
    ["main", "m"],
  ] as const) {
    links.git("checkout", "-q", branch);
    sandbox.run(links.dir, "ln", ["-s", target, ".got/entities/task/link.json"]);
    links.commit({});
  }
  t.not(links.try("merge", "-q", "topic").status, 0);
  t.match(await resolve(links.dir, "--ours"), { status: 1, data: { files: [{ reason: /symbolic link/ }] } });
});

await t.test("a broken configuration is said, because the built-in policy then decides", async (t) => {
  const repository = diverged();
  t.not(repository.try("merge", "-q", "topic").status, 0);
  repository.write(".got/config.json", "<<<<<<< HEAD\n");
  t.match(await resolve(repository.dir, "--ours"), {
    status: 0,
    stderr: /^got-hooks: .*config\.json.*; the built-in policy decides\n$/,
  });
});

await t.test("a file too large to look at is left alone, and the others are resolved", async (t) => {
  const repository = diverged({ ...bothChanged, "a.bin": { base: "1\n", ours: "2\n", theirs: "3\n" } });
  t.not(repository.try("merge", "-q", "topic").status, 0);
  repository.git("config", "got.resolver", "touch ran; :");
  truncateSync(path.join(repository.dir, "a.bin"), 5 * 1024 ** 3);
  t.match(await resolve(repository.dir, "--ours"), {
    status: 1,
    data: { files: [{ outcome: "resolved" }, { path: "a.bin", outcome: "left" }] },
  });
});

await t.test(
  "all of the work tree is meant without paths, from any folder and with literal pathspecs",
  async (t) => {
    const repository = diverged();
    t.not(repository.try("merge", "-q", "topic").status, 0);
    const folder = path.join(repository.dir, "empty");
    mkdirSync(folder);
    t.match(await cli(folder, ["resolve", "--ours"], { GIT_LITERAL_PATHSPECS: "1" }), { status: 0 });
    t.equal(repository.git("ls-files", "-u"), "");
  },
);

await t.test("paths are read as git add reads them, from a folder too; odd names work", async (t) => {
  const names = [
    ".got/entities/task/-dash sp.json",
    ".got/entities/task/[x].json",
    ".got/entities/task/line\nbreak.json",
  ];
  const versions = {
    base: entityText(),
    ours: entityText({ title: "o" }),
    theirs: entityText({ title: "t" }),
  };
  const repository = diverged(Object.fromEntries(names.map((name) => [name, versions])));
  t.not(repository.try("merge", "-q", "topic").status, 0);
  const folder = path.join(repository.dir, ".got", "entities", "task");
  mkdirSync(path.join(folder, "inner"));
  t.match(await resolve(folder, "--ours", "[x].json"), { status: 0, data: { files: [{ path: names[1] }] } });
  t.match(await resolve(folder, "--ours", "--", "-dash sp.json"), {
    status: 0,
    data: { files: [{ path: names[0] }] },
  });
  t.match(await resolve(path.join(folder, "inner"), "--ours"), {
    status: 0,
    data: { files: [{ path: names[2] }] },
  });
  t.equal(repository.git("ls-files", "-u"), "");
});

await t.test("names that are no UTF-8 stay theirs", async (t) => {
  const repository = createRepository(sandbox, `repo-${count++}`);
  const put = (content: string, message: string): void => {
    const script = "mkdir -p .got/entities/task && cat > \"$(printf '.got/entities/task/\\351.json')\"";
    sandbox.run(repository.dir, "sh", ["-c", script], { input: content });
    repository.commit({}, message);
  };
  put(entityText(), "base");
  repository.git("checkout", "-q", "-b", "topic");
  put(entityText({ title: "t" }), "theirs");
  repository.git("checkout", "-q", "main");
  put(entityText({ title: "o" }), "ours");
  t.not(repository.try("merge", "-q", "topic").status, 0);
  t.match(await resolve(repository.dir, "--theirs"), {
    status: 0,
    data: { files: [{ outcome: "resolved" }] },
  });
  t.match(repository.git("status", "--porcelain"), /^M {2}"\.got\/entities\/task\/\\351\.json"\n$/);
});
