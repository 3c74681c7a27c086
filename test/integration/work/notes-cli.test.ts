import t from "tap";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);

await t.test("a note is found from its task and its commit, and says what is missing", async (t) => {
  const { dir, git, commit } = createRepository(sandbox, "notes");
  // What people have configured for git log must not stand in a subject.
  git("config", "log.showSignature", "true");
  const head = commit({ "a.txt": "a" }, "Say a -- with %s and \u00e9");
  await cli(dir, ["entity", "create", "task:T-1", "title=Store it", "status=open"]);
  const added = await cli(dir, [
    "note",
    "add",
    "Flaky\nsecond line",
    "--on",
    "task:T-1",
    "--commit",
    "HEAD",
    "--commit",
    head,
  ]);
  t.match(added, { status: 0, stdout: /^N-\w{4}\n$/, stderr: "" });
  const id = added.stdout.trim();
  for (const on of ["task:T-1", "HEAD", head.slice(0, 8)])
    t.equal((await cli(dir, ["note", "list", "--on", on])).stdout, `${id}  Flaky  (Ada)\n`, on);
  t.match(JSON.parse((await cli(dir, ["note", "show", id, "--json"])).stdout).data, {
    entity: { commits: [head] },
    links: [{ kind: "relates_to", ref: "task:T-1", title: "Store it", isMissing: false }],
    commits: [{ id: head, subject: "Say a -- with %s and \u00e9" }],
  });
  t.match(await cli(dir, ["note", "edit", id]), { status: 2, stderr: /nothing to change/ });
  t.match(await cli(dir, ["note", "edit", id, "Mended", "--if-version", "1"]), {
    status: 0,
    stdout: `note:${id} now version 2\n`,
  });
  t.match(await cli(dir, ["note", "list", "--on", "no-such-branch"]), {
    status: 2,
    stderr: /git knows no commit/,
  });
  t.match(await cli(dir, ["note", "add", "x", "--commit=--all"]), {
    status: 2,
    stderr: /git knows no commit "--all"/,
  });
  t.match(await cli(dir, ["note", "add", "x", "--on", "task:T-9"]), {
    status: 1,
    stderr: /no entity task:T-9 to link to/,
  });
  await cli(dir, ["entity", "delete", "task:T-1"]);
  const gone = "0123456789012345678901234567890123456789";
  await cli(dir, ["entity", "set", `note:${id}`, `commits=["${head}","${gone}","--all"]`]);
  const shown = (await cli(dir, ["note", "show", id])).stdout;
  t.match(shown, /relates_to -> task:T-1 {2}\(missing\)/);
  t.match(shown, /012345678901 {2}\(missing\)\n {2}--all {2}\(missing\)/);
});

await t.test("decisions are proposed, accepted and superseded", async (t) => {
  const { dir } = createRepository(sandbox, "decisions");
  const add = async (...argv: string[]): Promise<string> =>
    (await cli(dir, ["decision", "add", ...argv])).stdout.trim();
  await cli(dir, ["entity", "create", "task:T-1", "title=Store it"]);
  const old = await add(
    "Use SQLite",
    "--context",
    "One machine",
    "--decides",
    "task:T-1",
    "--status",
    "accepted",
  );
  const next = await add("Use PostgreSQL", "--link", "task:T-1");
  t.match(await cli(dir, ["decision", "supersede", old, "--by", next]), {
    status: 1,
    stdout: /is proposed, not accepted/,
  });
  t.match(await cli(dir, ["decision", "accept", next]), { status: 0, stdout: `${next} now accepted\n` });
  t.match(await cli(dir, ["decision", "accept", next]), { status: 0, stdout: `${next} already accepted\n` });
  t.match(await cli(dir, ["decision", "supersede", old, "--by", next]), {
    status: 0,
    stdout: `${old} now superseded by ${next}\n`,
  });
  t.match(await cli(dir, ["decision", "reject", old]), {
    status: 1,
    stdout: /is superseded already, by D-.*\(Ada, /,
  });
  t.equal(
    (await cli(dir, ["decision", "list", "--status", "accepted"])).stdout,
    `${next}  accepted  Use PostgreSQL  (Ada)\n`,
  );
  const shown = (await cli(dir, ["decision", "show", old])).stdout;
  for (const line of [
    /superseded {2}Use SQLite/,
    /Context:\n {2}One machine/,
    /decides -> task:T-1 {2}Store it/,
    /supersedes <- decision:D-\w+ {2}accepted {2}Use PostgreSQL/,
  ])
    t.match(shown, line);
  t.match(await cli(dir, ["decision", "show", "D-none"]), {
    status: 1,
    stderr: /There is no decision D-none/,
  });
  t.match(await cli(dir, ["decision", "list", "--status", "odd"]), { status: 2 });
  t.equal((await cli(dir, ["fsck"])).status, 0);
});
