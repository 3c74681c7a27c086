import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bothChanged, diverge, entityText, resolve, taskFile } from "../../support/conflicted.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
let count = 0;

/** A repository in the middle of a merge that git made as text. */
function merging(files: Parameters<typeof diverge>[1] = bothChanged): Repository {
  const repository = createRepository(sandbox, `repo-${count++}`);
  diverge(repository, files);
  t.not(repository.try("merge", "topic").status, 0);
  return repository;
}

await t.test(
  "the policy decides what it can; markers stay around the rest, the stages as they were",
  async (t) => {
    const repository = merging();
    const stages = repository.git("ls-files", "-u");
    const run = await resolve(repository.dir);
    t.equal(run.status, 1);
    t.match(run.data.files, [{ outcome: "conflict", open: [{ at: "owner" }, { at: "title" }] }]);
    const text = repository.read(taskFile);
    t.match(
      text,
      '<<<<<<< HEAD\n  "title": "Ours",\n=======\n  "title": "Theirs",\n>>>>>>> topic\n  "tags": [\n',
    );
    t.equal(repository.git("ls-files", "-u"), stages);

    await t.test("and doing it again changes nothing", async (t) => {
      t.equal((await resolve(repository.dir)).status, 1);
      t.equal(repository.read(taskFile), text);
    });
  },
);

await t.test("a side decides only what is in conflict, and git commit concludes the merge", async (t) => {
  for (const [option, title, owner] of [
    ["--ours", "Ours", "o"],
    ["--theirs", "Theirs", "t"],
    ["--latest", "Theirs", "t"],
  ] as const) {
    const repository = merging();
    const run = await resolve(repository.dir, option);
    t.equal(run.status, 0, option);
    t.same(JSON.parse(repository.read(taskFile)), {
      ...JSON.parse(entityText()),
      title,
      owner,
      version: 2,
      tags: ["o", "a", "t"],
      updated_at: "2026-01-03T00:00:00.000Z",
    });
    t.match(run.data.files[0]?.decisions, [
      { rule: "chosen" },
      { rule: "set" },
      { rule: "chosen" },
      { rule: "max" },
    ]);
    t.equal(repository.git("status", "--porcelain"), `M  ${taskFile}\n`);
    repository.git("commit", "-q", "--no-edit");
    t.equal(repository.git("status", "--porcelain"), "");
    t.equal((await resolve(repository.dir, option)).status, 0, "nothing is in conflict any more");
  }
});

await t.test("a value given for a field is kept while other fields wait", async (t) => {
  const repository = merging();
  t.match((await resolve(repository.dir, "--set", "title=Both")).data.files, [
    { outcome: "conflict", open: [{ at: "owner" }] },
  ]);
  t.equal((await resolve(repository.dir)).status, 1);
  t.equal((await resolve(repository.dir, "--ours")).status, 0);
  t.match(JSON.parse(repository.read(taskFile)), { title: "Both", owner: "o" });
});

await t.test("a value is JSON where it can be read so, in the digits it was typed with", async (t) => {
  const repository = merging();
  t.equal((await resolve(repository.dir, "--set", "title=1.0", "--set", 'owner=["a", "b"]')).status, 0);
  t.match(repository.read(taskFile), '"title": 1.0,');
  t.match(JSON.parse(repository.read(taskFile)), { owner: ["a", "b"] });
});

await t.test("a value overrules what a rule would decide", async (t) => {
  const repository = merging();
  t.equal((await resolve(repository.dir, "--ours", "--set", 'tags=["only"]')).status, 0);
  t.same(JSON.parse(repository.read(taskFile)).tags, ["only"]);
});

await t.test("a name that nothing in conflict has is refused, and nothing is written", async (t) => {
  const repository = merging();
  const before = repository.read(taskFile);
  const run = await resolve(repository.dir, "--ours", "--set", "titel=Both");
  t.match(run, { status: 2, stderr: /--set titel: both sides have changed nothing of that name/ });
  t.equal(repository.read(taskFile), before);
  t.match(await resolve(repository.dir, "--ours", "--theirs"), { status: 2, stderr: /can't both decide/ });
  t.match(await resolve(repository.dir, "--set", "title"), {
    status: 2,
    stderr: /not written as <field>=<value>/,
  });
  t.match(await resolve(repository.dir, "nothing.json"), {
    status: 2,
    stderr: /No file in conflict matches nothing.json/,
  });
});

await t.test("a policy that came after the merge decides now", async (t) => {
  const repository = merging();
  repository.write(
    ".got/config.json",
    JSON.stringify({ version: 1, merge: { task: { title: "latest", owner: "min" } } }),
  );
  t.equal((await resolve(repository.dir)).status, 0);
  t.match(JSON.parse(repository.read(taskFile)), { title: "Theirs", owner: "o" });
});

await t.test("--dry-run shows and writes nothing", async (t) => {
  const repository = merging();
  const [before, status] = [repository.read(taskFile), repository.git("status", "--porcelain")];
  const run = await cli(repository.dir, ["resolve", "--theirs", "--dry-run"]);
  t.match(run, { status: 0, stdout: /T-1.json: would be resolved and staged\n {2}owner: chosen -> "t"/ });
  t.equal(repository.read(taskFile), before);
  t.equal(repository.git("status", "--porcelain"), status);
  t.notOk(existsSync(path.join(repository.dir, ".git", "got")));
});

await t.test("somebody's own edit is never overwritten", async (t) => {
  await t.test("a finished one is staged as it is", async (t) => {
    const repository = merging();
    const edited = entityText({ title: "By hand", updated_at: "2026-01-03T00:00:00.000Z" });
    repository.write(taskFile, edited);
    const run = await resolve(repository.dir, "--ours");
    t.match(run, { status: 0, data: { files: [{ outcome: "edited" }] } });
    t.equal(repository.read(taskFile), edited);
    t.equal(repository.git("show", `:${taskFile}`), edited);
  });
  await t.test("one with markers is left, until it is forced: then it is kept aside", async (t) => {
    const repository = merging();
    const edited = repository.read(taskFile).replace('"Ours"', '"Half done"');
    repository.write(taskFile, edited);
    t.match(await resolve(repository.dir, "--ours"), {
      status: 1,
      data: { files: [{ outcome: "left", reason: /edited by hand and still has conflict markers/ }] },
    });
    t.equal(repository.read(taskFile), edited);
    const forced = await resolve(repository.dir, "--ours", "--force");
    t.match(forced, { status: 0, data: { files: [{ outcome: "resolved" }] } });
    t.equal(readFileSync(forced.data.files[0]?.kept ?? "", "utf8"), edited);
  });
  await t.test("one that is broken is left", async (t) => {
    const repository = merging();
    repository.write(taskFile, '{ "id": "T-1", ');
    t.match(await resolve(repository.dir, "--ours"), {
      status: 1,
      data: {
        files: [{ outcome: "left", reason: /edited by hand and can't be used: line \d+: not valid JSON/ }],
      },
    });
  });
  await t.test("deleting it is an edit too", async (t) => {
    const repository = merging();
    sandbox.run(repository.dir, "rm", [taskFile]);
    t.match(await resolve(repository.dir, "--ours"), {
      status: 1,
      data: { files: [{ reason: /deleted by hand/ }] },
    });
  });
  await t.test("git checkout --ours is a decision; git checkout --merge takes it back", async (t) => {
    const repository = merging();
    repository.git("checkout", "-q", "--ours", "--", taskFile);
    t.match(await resolve(repository.dir, "--theirs", "--dry-run"), {
      data: { files: [{ outcome: "edited" }] },
    });
    repository.git("checkout", "-q", "--merge", "--", taskFile);
    t.match(await resolve(repository.dir, "--theirs"), {
      status: 0,
      data: { files: [{ outcome: "resolved" }] },
    });
  });
  await t.test("conflicts with the base shown are nobody's edit", async (t) => {
    for (const style of ["diff3", "zdiff3"]) {
      const repository = merging();
      repository.git("checkout", "-q", `--conflict=${style}`, "--", taskFile);
      t.match(
        await resolve(repository.dir, "--ours"),
        { status: 0, data: { files: [{ outcome: "resolved" }] } },
        style,
      );
    }
  });
});

await t.test("while another git holds the index nothing is written", async (t) => {
  const repository = merging();
  const before = repository.read(taskFile);
  const lock = path.join(repository.dir, ".git", "index.lock");
  writeFileSync(lock, "");
  t.match(await resolve(repository.dir, "--ours"), {
    status: 1,
    stderr: /Another git process is using the index: .*index\.lock/,
  });
  t.equal(repository.read(taskFile), before);
  sandbox.run(repository.dir, "rm", [lock]);
  t.equal((await resolve(repository.dir, "--ours")).status, 0);
});
