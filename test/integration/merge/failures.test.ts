import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { commitOn } from "../../support/both-ways.ts";
import { type InstalledDrivers, installDrivers } from "../../support/install-drivers.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";
import { taskText } from "../../support/tasks.ts";

/** Far apart, so that a text merge is clean; `points` on both sides needs the driver. */
const filler = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`field${index}`, index]));
const apart = (fields: object): string => taskText({ ...fields, ...filler, last: 0, ...fields });

/** A repository in which `theirs` and `main` changed the same counter, and one other field each. */
function counters(t: Test): { repository: Repository; drivers: InstalledDrivers } {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const drivers = installDrivers(repository);
  repository.commit({ "clash.json": taskText(), "apart.json": apart({}) });
  commitOn(repository, "theirs", "main", {
    "clash.json": taskText({ points: 4 }),
    "apart.json": apart({ last: 9 }),
  });
  repository.commit({ "clash.json": taskText({ points: 3 }), "apart.json": apart({ title: "New" }) });
  return { repository, drivers };
}

/** What a merge as text leaves: both sides of the clash, the rest clean, nothing lost, nothing lying about. */
function checkMergedAsText(t: Test, repository: Repository, said: RegExp): void {
  const merge = repository.try("merge", "theirs");
  t.equal(merge.status, 1);
  t.match(merge.stderr, said);
  const text = repository.read("clash.json");
  t.match(text, /<<<<<<< ours\n {2}"points": 3\n=======\n {2}"points": 4\n>>>>>>> theirs\n/);
  t.match(JSON.parse(repository.read("apart.json")), { title: "New", last: 9 });
  t.equal(repository.git("status", "--porcelain"), "M  apart.json\nUU clash.json\n");
}

await t.test("GOT_HOOKS_MERGE=0 switches the drivers off", async (t) => {
  const { repository, drivers } = counters(t);
  repository.sandbox.env["GOT_HOOKS_MERGE"] = "0";
  checkMergedAsText(t, repository, /^/);
  t.equal(drivers.nodeStarts(), 0);
});

await t.test("without Node, files are merged as text", async (t) => {
  const { repository, drivers } = counters(t);
  writeFileSync(path.join(drivers.bin, "node"), "/nowhere/node\n");
  const tools = path.join(repository.sandbox.root, "tools");
  mkdirSync(tools);
  for (const tool of ["git", "sh", "cp", "mv", "rm", "cat"]) {
    const found = repository.sandbox.run("/", "sh", ["-c", `command -v ${tool}`]).stdout.trim();
    writeFileSync(path.join(tools, tool), `#!/bin/sh\nexec ${found} "$@"\n`);
    chmodSync(path.join(tools, tool), 0o755);
  }
  repository.sandbox.env["PATH"] = tools;
  checkMergedAsText(
    t,
    repository,
    /^(got-hooks: (clash|apart)\.json: Node is not found; merging as text [^\n]*\n){2}$/,
  );
});

await t.test("Node that was moved is found on PATH", async (t) => {
  const { repository, drivers } = counters(t);
  writeFileSync(path.join(drivers.bin, "node"), "/nowhere/node\n");
  repository.git("merge", "-q", "theirs");
  t.match(JSON.parse(repository.read("clash.json")), { points: 6 });
});

const broken: readonly [string, string | null][] = [
  ["missing", null],
  ["empty, which Node runs with exit status 0", ""],
  ["cut off", "const exports = {"],
  ["throwing", "throw new Error('broken')"],
  ["exiting with 1", "process.exit(1)"],
];
for (const [how, content] of broken) {
  await t.test(`with a bundle that is ${how}, files are merged as text`, async (t) => {
    const { repository, drivers } = counters(t);
    const bundle = path.join(drivers.bin, "got-entity.cjs");
    if (content === null) rmSync(bundle);
    else writeFileSync(bundle, content);
    checkMergedAsText(t, repository, /got-hooks: clash\.json: .*merging as text/);
  });
}

await t.test("with the shim missing, the configured command itself merges as text", async (t) => {
  const { repository, drivers } = counters(t);
  rmSync(drivers.got, { recursive: true });
  checkMergedAsText(t, repository, /got-hooks: .*merging as text/);
});

await t.test("Node killed in the middle of writing loses nothing", async (t) => {
  const { repository, drivers } = counters(t);
  const bundle = `const fs = require("fs"); const file = process.argv[10];
    fs.writeFileSync(file, "half of a res"); process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);`;
  writeFileSync(path.join(drivers.bin, "got-entity.cjs"), bundle);
  checkMergedAsText(t, repository, /got-hooks: clash\.json: .*status 137.*merging as text/);
});

await t.test("NODE_OPTIONS of the user reaches no driver", async (t) => {
  const { repository } = counters(t);
  repository.sandbox.env["NODE_OPTIONS"] = "--require=/nowhere/preload.cjs";
  repository.git("merge", "-q", "theirs");
  t.match(JSON.parse(repository.read("clash.json")), { points: 6 });
});

await t.test("a result that cannot be written is never taken for a merge", async (t) => {
  const { repository, drivers } = counters(t);
  // As Node ends when the disk is full.
  writeFileSync(path.join(drivers.bin, "got-entity.cjs"), "process.exit(12)");
  const before = repository.git("rev-parse", "HEAD");
  const merge = repository.try("merge", "theirs");
  t.not(merge.status, 0);
  t.match(merge.stderr, /got-hooks: (apart|clash)\.json: could not write the merged file/);
  t.equal(repository.git("rev-parse", "HEAD"), before);
  // Newer git stops the whole merge, older git records a conflict with all three stages: nothing is lost in either.
  const unmerged = repository.git("ls-files", "-u");
  t.ok(unmerged === "" || unmerged.includes(" 3\tclash.json"), unmerged);
  t.equal(repository.git("show", "theirs:clash.json"), taskText({ points: 4 }));
});

await t.test("a full disk ends with Node's own words and the exit code for it", async (t) => {
  const { repository, drivers } = counters(t);
  if (!existsSync("/dev/full")) {
    t.pass("this system has no /dev/full");
    return;
  }
  for (const name of ["base", "ours", "theirs"]) {
    const points = { base: 1, ours: 3, theirs: 4 }[name];
    repository.write(name, taskText({ points }));
  }
  const labels = ["base", "ours", "theirs"];
  const args = ["base", "ours", "theirs", "7", "x.json", ...labels, "/dev/full", drivers.got, "1", ""];
  const run = repository.sandbox.run(repository.dir, process.execPath, [
    path.join(drivers.bin, "got-entity.cjs"),
    ...args,
  ]);
  t.equal(run.status, 12);
  t.match(run.stderr, /ENOSPC/);
  t.equal(run.stdout, "");
});

await t.test("binary content keeps ours, as a conflict", async (t) => {
  const { repository } = counters(t);
  repository.git("reset", "-q", "--hard", "HEAD~1");
  commitOn(repository, "theirs-bin", "main", { "clash.json": new Uint8Array([0, 1, 2]) });
  repository.commit({ "clash.json": new Uint8Array([0, 9, 9]) });
  const merge = repository.try("merge", "theirs-bin");
  t.equal(merge.status, 1);
  t.match(merge.stderr, /clash\.json: .*not (valid )?(JSON|UTF-8)/i);
  t.match(merge.stderr, /clash\.json: cannot be merged as text either: ours is kept/);
  t.equal(repository.read("clash.json"), "\0\t\t");
  t.match(repository.git("status", "--porcelain"), /^UU clash\.json/);
});

await t.test("a broken policy is named, and the built-in one applies", async (t) => {
  for (const [policy, reason] of [
    ["{ not json", /\.got\/config\.json: line 1.*built-in merge policy applies/],
    ['{"version":99}', /\.got\/config\.json: version.*built-in merge policy applies/],
    ['{"merge":{"task":{"points":"sum"}}}', /\.got\/config\.json: merge\.task\.points.*built-in/],
  ] as const) {
    const { repository } = counters(t);
    repository.commit({ ".got/config.json": policy });
    const merge = repository.try("merge", "-q", "theirs");
    t.equal(merge.status, 0);
    t.match(merge.stderr, reason);
    t.match(JSON.parse(repository.read("clash.json")), { points: 6 });
  }
});

await t.test("a policy that is a symlink is not followed", async (t) => {
  const { repository } = counters(t);
  const outside = path.join(repository.sandbox.root, "outside.json");
  writeFileSync(outside, '{"version":1,"merge":{"task":{"points":"max"}}}');
  mkdirSync(path.join(repository.dir, ".got"));
  repository.sandbox.run(repository.dir, "ln", ["-s", outside, ".got/config.json"]);
  const merge = repository.try("merge", "-q", "theirs");
  t.match(merge.stderr, /\.got\/config\.json: is not a plain file/);
  t.match(JSON.parse(repository.read("clash.json")), { points: 6 });
});

await t.test("labels: literal placeholders of an old git mean base, ours, theirs", async (t) => {
  const { repository, drivers } = counters(t);
  repository.write("O", taskText({ owner: "x" }));
  repository.write("B", taskText({ owner: "b" }));
  const shim = path.join(drivers.bin, "got-merge");
  // Called by one process: its first call is not remembered, its second is.
  for (const [labels, ours, theirs, starts] of [
    [["%S", "%X", "%Y"], "ours", "theirs", 2],
    [[], "ours", "theirs", 0],
    [["", "", ""], "ours", "theirs", 0],
    [["abc", "HEAD", "feature/x (some subject)"], "HEAD", "feature/x (some subject)", 1],
  ] as const) {
    for (const call of [1, 2]) {
      repository.write("A", taskText({ owner: "a" }));
      const args = [shim, "entity", "O", "A", "B", "9", "x.json", ...labels];
      const run = repository.sandbox.run(repository.dir, "sh", args);
      t.equal(run.status, 1, `call ${call}`);
      t.equal(run.stdout, "");
      const text = repository.read("A");
      t.ok(text.includes(`<<<<<<<<< ${ours}\n`) && text.includes(`>>>>>>>>> ${theirs}\n`), text);
    }
    t.equal(drivers.nodeStarts(), starts);
  }
});

await t.test("leaves nothing in the work tree, whatever happens", async (t) => {
  const { repository } = counters(t);
  repository.try("merge", "theirs");
  t.same(readdirSync(repository.dir).sort(), [".git", "apart.json", "clash.json"]);
});
