import { gzipSync } from "node:zlib";
import t from "tap";
import type { Verification } from "../../../src/audit/verify-range.ts";
import { verifyText } from "../../../src/cli/views/verify.ts";
import { entityChecksum } from "../../../src/model/entity-checksum.ts";
import { parseJson } from "../../../src/model/json/parse-json.ts";
import { installDrivers } from "../../support/install-drivers.ts";
import { type MadeMerge, makeMerge } from "../../support/made-merges.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";
import { eventLine, taskText } from "../../support/tasks.ts";

const log = ".got/events/20261121-030405-1a2b3c4d.jsonl";
const task = ".got/entities/task/T-1.json";

interface Verified {
  readonly status: number;
  readonly data: Verification;
  readonly text: string;
}

async function verify(dir: string, ...args: string[]): Promise<Verified> {
  const { status, stdout } = await cli(dir, ["verify", "--json", ...args]);
  const { data } = JSON.parse(stdout) as { data: Verification };
  return { status, data, text: verifyText(data) };
}

function newRepository(t: { teardown: (end: () => void) => void }): Repository {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  return createRepository(sandbox);
}

/** What was found in the merge, as `kind at parents`. */
function found(data: Verification): string[] {
  return data.damaged.flatMap(({ files }) =>
    files.flatMap(({ losses }) =>
      losses.map(({ kind, at, parents }) => [kind, at, parents.join("+")].filter(Boolean).join(" ")),
    ),
  );
}

const signed = (fields: object): string => {
  const parsed = parseJson(taskText({ ...fields }));
  if (parsed.kind === "invalid") throw new Error("no JSON");
  return taskText({ ...fields, checksum: entityChecksum(parsed.document.root) });
};
const events = (...numbers: number[]): string =>
  numbers.map((number) => eventLine(`e-${number}`, number)).join("");
const one = (file: string, base: string, ours: string, theirs: string, result: string | null): MadeMerge => ({
  base: { [file]: base },
  ours: { [file]: ours },
  theirs: { [file]: theirs },
  result: { [file]: result },
});
const table = "tracker/issues.jsonl";
const snapshot = ".got/snapshots/state.json.gz";
const packed = (value: object): Buffer => gzipSync(JSON.stringify(value));
const configured = {
  ".got/config.json": JSON.stringify({
    version: 1,
    paths: [{ match: table, driver: "table", key: "key", type: "issue" }],
  }),
};
const row = (fields: object): string => `${JSON.stringify(fields)}\n`;

/** Each way to lose something, and what is found. */
const damages: readonly (readonly [title: string, merge: MadeMerge, found: readonly string[]])[] = [
  [
    "git checkout --ours on a log drops the other side's events",
    one(log, events(1), events(1, 2), events(1, 3, 4), events(1, 2)),
    ["line-lost e-3 2", "line-lost e-4 2"],
  ],
  [
    "a resolution that dropped an event of ours",
    one(log, events(1), events(1, 2, 3), events(1, 4), events(1, 3, 4)),
    ["line-lost e-2 1"],
  ],
  [
    "an event that nobody removed is gone",
    one(log, events(1, 2), events(1, 2, 3), events(1, 2, 4), events(2, 3, 4)),
    ["line-lost e-1 1+2"],
  ],
  [
    "a compaction that was undone",
    one(log, events(1, 2), events(2), events(1, 2, 3), events(1, 2, 3)),
    ["removal-undone e-1 1"],
  ],
  [
    "one id twice",
    one(
      log,
      row({ id: "a", n: 1 }),
      row({ id: "a", n: 2 }),
      row({ id: "a", n: 3 }),
      row({ id: "a", n: 2 }) + row({ id: "a", n: 3 }),
    ),
    ['duplicate-id "a"'],
  ],
  [
    "conflict markers that were committed",
    one(
      log,
      events(1),
      events(1, 2),
      events(1, 3),
      `${events(1)}<<<<<<< HEAD\n${events(2)}=======\n${events(3)}>>>>>>> theirs\n`,
    ),
    ["broken-data line 2", "broken-data line 6"],
  ],
  [
    "an entity that is no JSON any more",
    one(task, taskText(), taskText({ points: 2 }), taskText({ title: "x" }), taskText().replace("}", "")),
    ["broken-data line 12"],
  ],
  [
    "a checksum that a text merge left behind",
    one(
      task,
      signed({}),
      signed({ title: "x" }),
      signed({ points: 2 }),
      signed({ title: "x" }).replace('"points": 1', '"points": 2'),
    ),
    ["broken-data line 11"],
  ],
  [
    "a snapshot that can't be read any more",
    {
      base: { [snapshot]: packed({ a: 1 }) },
      ours: { [snapshot]: packed({ a: 2 }) },
      theirs: { [snapshot]: packed({ a: 1, b: 1 }) },
      result: { [snapshot]: packed({ a: 2 }).subarray(0, -6) },
    },
    ["broken-data"],
  ],
  [
    "a field that one side added",
    one(task, taskText(), taskText({ title: "x" }), taskText({ owner: "bob" }), taskText({ title: "x" })),
    ["value-lost owner 2"],
  ],
  [
    "a field that one side changed",
    one(task, taskText(), taskText({ title: "x" }), taskText({ status: "closed" }), taskText({ title: "x" })),
    ["edit-undone status 2"],
  ],
  [
    "a field that one side changed and the merge changed again",
    one(
      task,
      taskText(),
      taskText({ title: "x" }),
      taskText({ owner: "bob" }),
      taskText({ title: "x", owner: "eve" }),
    ),
    ["edit-replaced owner 2"],
  ],
  [
    "a field that both changed and that is as before",
    one(task, taskText(), taskText({ title: "x" }), taskText({ title: "y" }), taskText()),
    ["edit-undone title 1+2"],
  ],
  [
    "a tag that one side added, and one that it removed",
    one(
      task,
      taskText({ tags: ["a", "b"] }),
      taskText({ tags: ["a", "b"], points: 2 }),
      taskText({ tags: ["b", "c"] }),
      taskText({ tags: ["a", "b"], points: 2 }),
    ),
    ['removal-undone tags["a"] 2', 'value-lost tags["c"] 2'],
  ],
  [
    "an item of a checklist",
    one(
      task,
      taskText({ checklist: [{ id: "c1", done: false }] }),
      taskText({ checklist: [{ id: "c1", done: true }] }),
      taskText({
        checklist: [
          { id: "c1", done: false },
          { id: "c2", done: false },
        ],
      }),
      taskText({ checklist: [{ id: "c1", done: false }] }),
    ),
    [
      'edit-undone checklist["c1"].done 1',
      'value-lost checklist["c2"].id 2',
      'value-lost checklist["c2"].done 2',
    ],
  ],
  [
    "an entity that one side added",
    {
      base: { a: "1" },
      ours: { a: "2" },
      theirs: { [task]: taskText() },
      result: { a: "2" },
    },
    ["file-lost 2"],
  ],
  [
    "an entity that one side removed",
    {
      base: { [task]: taskText() },
      ours: { a: "1" },
      theirs: { [task]: null },
      result: { [task]: taskText() },
    },
    ["removal-undone 2"],
  ],
  [
    "a record of a configured table, and a field of another",
    {
      base: { ...configured, [table]: row({ key: 1, a: 1 }) + row({ key: 2, a: 1 }) },
      ours: { [table]: row({ key: 1, a: 2 }) + row({ key: 2, a: 1 }) },
      theirs: { [table]: row({ key: 1, a: 1, b: 1 }) + row({ key: 2, a: 1 }) + row({ key: 3, a: 1 }) },
      result: { [table]: row({ key: 1, a: 2 }) + row({ key: 2, a: 1 }) },
    },
    ["value-lost 1.b 2", "record-lost 3 2"],
  ],
];

for (const [title, merge, expected] of damages) {
  await t.test(`finds ${title}`, async (t) => {
    const repository = newRepository(t);
    const commit = makeMerge(repository, merge);
    const { status, data, text } = await verify(repository.dir);
    t.strictSame(found(data), expected);
    t.equal(status, 1);
    t.match(data, { merges: 1, losses: expected.length, unchecked: [], damaged: [{ commit }] });
    t.match(text, new RegExp(`^${commit.slice(0, 10)} made by hand\n`));
  });
}

/** What is no loss. */
const sound: readonly (readonly [title: string, merge: MadeMerge])[] = [
  [
    "a conflict that a person resolved with a third value",
    one(task, taskText(), taskText({ title: "x" }), taskText({ title: "y" }), taskText({ title: "x and y" })),
  ],
  [
    "a side's removal of what the other changed, either way",
    one(task, taskText({ owner: "ann" }), taskText(), taskText({ owner: "bob" }), taskText()),
  ],
  [
    "an entity that one side removed and the other changed",
    {
      base: { [task]: taskText() },
      ours: { [task]: null },
      theirs: { [task]: taskText({ points: 2 }) },
      result: { [task]: null },
    },
  ],
  [
    "another order, other spellings, and a version of the merge's own",
    one(
      task,
      taskText(),
      taskText({ version: 2, title: "x" }),
      taskText({ version: 2, points: 2 }),
      JSON.stringify({ ...JSON.parse(taskText({ version: 7, points: 2, title: "x" })) }, null, 1),
    ),
  ],
  ["events of both sides in another order", one(log, events(1), events(1, 3), events(1, 2), events(3, 2, 1))],
  [
    "another record under an id that both sides gave up",
    {
      base: { ...configured, [table]: row({ key: 1, a: 1 }) + row({ key: 2, a: 1 }) },
      ours: { [table]: row({ key: 2, a: 1 }) },
      theirs: { [table]: row({ key: 2, a: 1 }) + row({ key: 3, a: 1 }) },
      result: { [table]: row({ key: 1, b: 9 }) + row({ key: 2, a: 1 }) + row({ key: 3, a: 1 }) },
    },
  ],
  ["what a merge adds of its own", one(log, events(1), events(1, 2), events(1, 3), events(1, 2, 3, 4))],
  [
    "files that no driver covers",
    { base: { a: "1" }, ours: { a: "2" }, theirs: { a: "3" }, result: { a: "1" } },
  ],
];

for (const [title, merge] of sound) {
  await t.test(`finds no fault with ${title}`, async (t) => {
    const repository = newRepository(t);
    makeMerge(repository, merge);
    const { status, data } = await verify(repository.dir);
    t.strictSame(found(data), []);
    t.equal(status, 0);
  });
}

await t.test("finds no fault with what the drivers made", async (t) => {
  const repository = newRepository(t);
  installDrivers(repository);
  repository.commit({ [log]: events(1), [task]: taskText() });
  for (let round = 0; round < 5; round++) {
    repository.git("checkout", "-q", "-B", "theirs");
    repository.commit({
      [log]: repository.read(log) + events(10 + round),
      [task]: taskText({ ...JSON.parse(repository.read(task)), points: round + 2, tags: [`t${round}`] }),
    });
    repository.git("checkout", "-q", "main");
    repository.commit({
      [log]: repository.read(log) + events(20 + round),
      [task]: taskText({ ...JSON.parse(repository.read(task)), points: round + 3, title: `t${round}` }),
    });
    repository.git("merge", "-q", "-m", "merge", "theirs");
  }
  const { status, data } = await verify(repository.dir);
  t.match(data, { merges: 5, compared: 5, files: 10, losses: 0 });
  t.equal(status, 0);
});

await t.test("follows a file that one side renamed, and still sees what the other lost in it", async (t) => {
  const repository = newRepository(t);
  const moved = ".got/entities/task/moved/T-1.json";
  const notes = (fields: object): string => taskText({ notes: "line\n".repeat(40), ...fields });
  const merge = (title: string): MadeMerge => ({
    base: { [task]: notes({}), [moved]: null },
    ours: { [task]: notes({ title: "new" }) },
    theirs: { [task]: null, [moved]: notes({ points: 2 }) },
    result: { [task]: null, [moved]: notes({ title, points: 2 }) },
  });
  makeMerge(repository, merge("new"));
  t.strictSame(found((await verify(repository.dir)).data), []);
  makeMerge(repository, merge("Title"));
  t.strictSame(found((await verify(repository.dir, "HEAD^..HEAD")).data), ["edit-undone title 1"]);
});

await t.test("compares an octopus with the ancestor that all its parents share", async (t) => {
  const repository = newRepository(t);
  repository.commit({ [log]: events(1), [task]: taskText() });
  for (const branch of ["one", "two"]) {
    repository.git("checkout", "-q", "-B", branch, "main");
    repository.commit({ [`.got/events/${branch}.jsonl`]: events(branch === "one" ? 2 : 3) });
  }
  repository.git("checkout", "-q", "main");
  repository.commit({ [task]: taskText({ title: "x" }) });
  repository.git("merge", "-q", "-m", "octopus", "one", "two");
  const before = await verify(repository.dir);
  t.match(before.data, { merges: 1, losses: 0, unchecked: [] });
  repository.git("rm", "-q", ".got/events/two.jsonl");
  repository.write(task, taskText());
  repository.git("add", "-A");
  repository.git("commit", "-q", "--amend", "-m", "octopus");
  t.strictSame(found((await verify(repository.dir)).data), ["edit-undone title 1", "file-lost 3"]);
  const explained = await cli(repository.dir, ["explain"]);
  t.match(explained.stderr, /octopus merge of 3 parents/);
});

await t.test("takes the history that two parents of an octopus share for what they know", async (t) => {
  const repository = newRepository(t);
  const second = ".got/events/second.jsonl";
  repository.commit({ [log]: events(1) });
  repository.git("checkout", "-q", "-b", "one");
  repository.commit({ [second]: events(2) });
  repository.git("checkout", "-q", "-b", "two");
  repository.git("rm", "-q", second);
  repository.git("commit", "-q", "-m", "not any more");
  repository.git("checkout", "-q", "one");
  repository.commit({ a: "1" });
  repository.git("checkout", "-q", "main");
  repository.commit({ [log]: events(1, 3) });
  repository.git("merge", "-q", "-m", "octopus", "one", "two");
  t.match((await verify(repository.dir)).data, { merges: 1, losses: 0, unchecked: [] });
  repository.write(log, events(1));
  repository.git("commit", "-q", "-a", "--amend", "-m", "octopus");
  t.strictSame(found((await verify(repository.dir)).data), ["line-lost e-3 1"]);
});

await t.test("checks merges in a range only, and from a bare mirror", async (t) => {
  const repository = newRepository(t);
  makeMerge(repository, one(log, events(1), events(1, 2), events(1, 3), events(1, 2)));
  repository.git("tag", "old");
  makeMerge(repository, one(log, events(1), events(1, 4), events(1, 5), events(1, 4)));
  const all = await cli(repository.dir, ["verify"]);
  t.match(all.stdout, /e-5[^]*e-3[^]*2 lost or broken in 2 merges\.\n/);
  t.strictSame(found((await verify(repository.dir, "--merge", "old")).data), ["line-lost e-3 2"]);
  const since = await verify(repository.dir, "old..HEAD");
  t.strictSame(found(since.data), ["line-lost e-5 2"]);
  t.equal(since.data.merges, 1);
  repository.git("clone", "-q", "--mirror", ".", "../mirror.git");
  const mirror = await verify(
    openRepository(repository.sandbox, `${repository.sandbox.root}/mirror.git`).dir,
  );
  t.equal(mirror.data.damaged.length, 2);
});

await t.test("says so where there is nothing to check, and refuses what git does not know", async (t) => {
  const repository = newRepository(t);
  const unborn = await verify(repository.dir);
  t.match(unborn.data, { merges: 0, losses: 0 });
  t.equal(unborn.status, 0);
  repository.commit({ a: "1" });
  t.match((await verify(repository.dir)).text, /^0 merges of HEAD; .*nothing was lost/);
  for (const args of [["nowhere..HEAD"], ["--merge", "nowhere"], ["HEAD", "--merge", "HEAD"]]) {
    const run = await cli(repository.dir, ["verify", ...args]);
    t.equal(run.status, 2, args.join(" "));
  }
  const plain = await verify(repository.dir, "--merge", "HEAD");
  t.match(plain.data.unchecked, [{ reason: /no merge commit/, incomplete: false }]);
});

await t.test(
  "lists merges that a shallow or partial clone can't check, and fails unless told to let them pass",
  async (t) => {
    const repository = newRepository(t);
    makeMerge(repository, one(log, events(1), events(1, 2), events(1, 3), events(1, 2, 3)));
    repository.git("config", "uploadpack.allowFilter", "true");
    const clone = (name: string, ...args: string[]): string => {
      repository.git("clone", "-q", "--bare", ...args, `file://${repository.dir}`, `../${name}`);
      return `${repository.sandbox.root}/${name}`;
    };
    for (const dir of [clone("shallow", "--depth=2"), clone("partial", "--filter=blob:none")]) {
      const { status, data } = await verify(dir);
      t.match(data.unchecked, [{ incomplete: true }], dir);
      t.equal(status, 1);
      t.equal((await verify(dir, "--allow-incomplete")).status, 0);
    }
  },
);

await t.test("takes the built-in policy where a commit's own is broken, and says so", async (t) => {
  const repository = newRepository(t);
  const merge = one(log, events(1), events(1, 2), events(1, 3), events(1, 2));
  makeMerge(repository, { ...merge, base: { ...merge.base, ".got/config.json": '{"version": 99}' } });
  const run = await cli(repository.dir, ["verify"]);
  t.equal(run.status, 1);
  t.match(run.stderr, /\.got\/config\.json: version.*the built-in merge policy applies/);
});

await t.test("prints nothing from a repository that could pass for a line of its own", async (t) => {
  const repository = newRepository(t);
  const odd = ".got/events/a\n0 merges of HEAD: nothing was lost.\x1b[2K.jsonl";
  const line = row({ id: "x\nnothing was lost", n: 1 });
  makeMerge(repository, one(odd, events(1), events(1, 2), events(1) + line, events(1, 2)));
  const { stdout } = await cli(repository.dir, ["verify"]);
  t.equal(stdout.split("\n").length, 6, stdout);
  t.notOk(stdout.includes("\x1b"));
  t.notMatch(stdout, /^0 merges|^nothing/m);
});
