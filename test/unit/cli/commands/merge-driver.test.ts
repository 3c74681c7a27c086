import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { cli } from "../../../support/run-cli.ts";

const base = '{\n  "id": "T-1",\n  "type": "task",\n  "title": "a",\n  "points": 1\n}\n';
const ours = base.replace('"points": 1', '"points": 3');
const theirs = base.replace('"points": 1', '"points": 2');
const merged = base.replace('"points": 1', '"points": 4');
const otherTitle = base.replace('"title": "a"', '"title": "b"');
const thirdTitle = base.replace('"title": "a"', '"title": "c"');

function place(t: Test, more: Record<string, string> = {}): string {
  return t.testdir({ ".git": {}, "base.json": base, "ours.json": ours, "theirs.json": theirs, ...more });
}

await t.test("prints the merged file byte for byte, and nothing else", async (t) => {
  const run = await cli(place(t), ["merge-driver", "entity", "base.json", "ours.json", "theirs.json"]);
  t.same(run, { status: 0, bytes: Buffer.from(merged), stdout: merged, stderr: "" });
});

await t.test("merges the same in either order", async (t) => {
  const run = await cli(place(t), ["merge-driver", "entity", "base.json", "theirs.json", "ours.json"]);
  t.equal(run.stdout, merged);
});

await t.test(
  "marks a conflict with the labels and size asked for, names the field, and exits 1",
  async (t) => {
    const folder = place(t, { "ours.json": otherTitle, "theirs.json": thirdTitle });
    const words = ["merge-driver", "entity", "base.json", "ours.json", "theirs.json"];
    const markers = ["--marker-size", "9", "--label-ours", "HEAD", "--label-theirs", "topic"];
    const run = await cli(folder, words.concat(markers));
    t.equal(run.status, 1);
    t.match(run.stdout, /^<{9} HEAD\n {2}"title": "b",\n={9}\n {2}"title": "c",\n>{9} topic\n/m);
    t.match(run.stderr, /^got-hooks: ours\.json: conflict at title: .+\n$/);
  },
);

await t.test("replaces --output in one step, keeps its permissions and prints nothing", async (t) => {
  const folder = place(t);
  const output = path.join(folder, "ours.json");
  chmodSync(output, 0o600);
  const run = await cli(folder, [
    "merge-driver",
    "entity",
    "base.json",
    "ours.json",
    "theirs.json",
    "--output",
    "ours.json",
  ]);
  t.same([run.status, run.stdout, run.stderr], [0, "", ""]);
  t.equal(readFileSync(output, "utf8"), merged);
  t.equal(statSync(output).mode & 0o777, 0o600);
  t.same(readdirSync(folder).sort(), [".git", "base.json", "ours.json", "theirs.json"]);
});

await t.test("writes through a symbolic link, and refuses a folder", async (t) => {
  const folder = place(t, { "real.json": "" });
  symlinkSync("real.json", path.join(folder, "link.json"));
  const words = ["merge-driver", "entity", "base.json", "ours.json", "theirs.json", "--output"];
  t.equal((await cli(folder, [...words, "link.json"])).status, 0);
  t.equal(readFileSync(path.join(folder, "real.json"), "utf8"), merged);
  const refused = await cli(folder, [...words, ".git"]);
  t.equal(refused.status, 2);
  t.match(refused.stderr, /--output \.git is not a regular file/);
});

await t.test("takes an empty file, /dev/null and the empty word for no base", async (t) => {
  const folder = place(t, { empty: "" });
  for (const none of ["empty", "/dev/null", ""]) {
    const run = await cli(folder, ["merge-driver", "log", none, "ours.json", "ours.json"]);
    t.same([run.status, run.stdout], [0, ours], JSON.stringify(none));
  }
});

await t.test("reports decisions, conflicts and where the result is with --json", async (t) => {
  const words = ["merge-driver", "entity", "base.json", "ours.json", "theirs.json", "--json"];
  const folder = place(t);
  const run = await cli(folder, [...words, "--output", "out.json"]);
  t.match(JSON.parse(run.stdout), {
    command: "merge-driver",
    data: {
      kind: "merged",
      by: "entity",
      output: path.join(folder, "out.json"),
      conflicts: [],
      decisions: [{ at: "points", rule: "counter", base: "1", ours: "3", theirs: "2", result: "4" }],
    },
  });
  const nowhere = await cli(folder, words);
  t.equal(nowhere.status, 2);
  t.match(nowhere.stderr, /--json leaves no place for the result/);
});

await t.test("exits 2 and writes nothing when the input can't be used", async (t) => {
  const folder = place(t, {
    "policy.json": '{"version":1,"merge":{"task":{"title":"best"}}}',
    "old.json": "kept",
  });
  const words = ["merge-driver", "entity", "base.json", "ours.json"];
  const output = ["--output", "old.json"];
  for (const [argv, problem] of [
    [[...words, "none.json"], /Could not read none\.json: ENOENT/],
    [[...words, ".git"], /Could not read \.git: EISDIR/],
    [
      [...words, "theirs.json", "--policy", "policy.json"],
      /policy\.json: merge\.task\.title\S* must be one of .*"best".*policy check/,
    ],
    [[...words, "theirs.json", "--policy", "none"], /Could not read .*none/],
    [[...words, "theirs.json", "--marker-size", "0"], /--marker-size must be a whole number/],
    [[...words, "theirs.json", "--marker-size", "x"], /--marker-size must be a whole number/],
    [[...words, "theirs.json", "--label-ours", "a\nb"], /--label-ours must be on one line/],
    [["merge-driver", "entty", "base.json", "ours.json", "theirs.json"], /entty/],
    [words, /Not enough/],
  ] as const) {
    const run = await cli(folder, [...argv, ...output]);
    t.equal(run.status, 2, argv.join(" "));
    t.match(run.stderr, problem);
    t.equal(run.stderr.split("\n").length, 2, "one line");
    t.equal(readFileSync(path.join(folder, "old.json"), "utf8"), "kept");
  }
});

await t.test("merges as text what the driver does not understand, and says why", async (t) => {
  const folder = place(t, { a: "1\n2\n3\n4\n5\n", b: "0\n2\n3\n4\n5\n", c: "1\n2\n3\n4\n6\n" });
  const run = await cli(folder, ["merge-driver", "entity", "a", "b", "c"]);
  t.same([run.status, run.stdout], [0, "0\n2\n3\n4\n6\n"]);
  t.match(run.stderr, /^got-hooks: b: .+; merging as text\n$/);
  const clash = await cli(folder, ["merge-driver", "entity", "a", "b", "/dev/null", "--label-ours", "x"]);
  t.equal(clash.status, 1);
  t.match(clash.stdout, /^<<<<<<< x\n/);
});

await t.test("refuses files that can be merged neither by meaning nor as text", async (t) => {
  const folder = place(t);
  writeFileSync(path.join(folder, "one"), Buffer.from([0, 1, 2, 10]));
  writeFileSync(path.join(folder, "two"), Buffer.from([0, 3, 4, 10]));
  const run = await cli(folder, ["merge-driver", "entity", "/dev/null", "one", "two", "--output", "three"]);
  t.equal(run.status, 2);
  t.match(run.stderr, /three can't be merged: .*binary/);
  t.notOk(readdirSync(folder).includes("three"));
});

await t.test("follows the .got/config.json above, by the path it is told or the file's own", async (t) => {
  const config = {
    version: 1,
    merge: { note: { title: "max" } },
    paths: [{ match: "notes/*.json", type: "note" }],
  };
  const untyped = (text: string): string => text.replace('  "type": "task",\n', "");
  const folder = t.testdir({
    ".git": {},
    ".got": { "config.json": JSON.stringify(config) },
    notes: {
      "base.json": untyped(base),
      "ours.json": untyped(otherTitle),
      "theirs.json": untyped(thirdTitle),
    },
  });
  const words = ["merge-driver", "entity", "base.json", "ours.json", "theirs.json"];
  const own = await cli(path.join(folder, "notes"), words);
  t.same([own.status, own.stdout], [0, untyped(thirdTitle)]);
  const told = await cli(path.join(folder, "notes"), [...words, "--path", "elsewhere/x.json"]);
  t.equal(told.status, 1);
});
