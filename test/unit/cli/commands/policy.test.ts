import { execFileSync } from "node:child_process";
import path from "node:path";
import t from "tap";
import { limits } from "../../../../src/base/limits.ts";
import { cli } from "../../../support/run-cli.ts";

await t.test(
  "check finds the configuration from the folder upward, but not above the repository",
  async (t) => {
    const folder = t.testdir({
      ".got": { "config.json": "{}" },
      repository: {
        ".git": {},
        inner: {},
        sound: { ".got": { "config.json": '{"version":1,"merge":{"task":{"tags":"set"}}}' }, deep: {} },
      },
    });
    const none = await cli(path.join(folder, "repository", "inner"), ["policy", "check"]);
    t.same(
      [none.status, none.stdout],
      [0, "No .got/config.json from here upward: the built-in policy applies.\n"],
    );
    const sound = await cli(path.join(folder, "repository", "sound", "deep"), ["policy", "check"]);
    t.equal(sound.status, 0);
    t.match(sound.stdout, /sound\/\.got\/config\.json is sound: rules for task, 0 path rules\.\n$/);
  },
);

await t.test("check lists every problem with its place and exits 1", async (t) => {
  const folder = t.testdir({
    "c.json": '{"version":9,"merge":{"task":{"tags":"sets","list":{"rule":"list"}}},"paths":7}',
  });
  const run = await cli(folder, ["policy", "check", "c.json"]);
  t.equal(run.status, 1);
  for (const at of ["version", "merge.task.tags", "merge.task.list", "paths"]) {
    t.match(run.stdout, new RegExp(`^.*c\\.json: ${at.replaceAll(".", "\\.")}`, "m"));
  }
  const json = await cli(folder, ["policy", "check", "c.json", "--json"]);
  t.equal(json.status, 1);
  t.equal(
    (JSON.parse(json.stdout) as { data: { problems: unknown[] } }).data.problems.length,
    run.stdout.trim().split("\n").length,
  );
});

await t.test("a FIFO is refused, not waited for", async (t) => {
  const folder = t.testdir({});
  execFileSync("mkfifo", [path.join(folder, "c.json")]);
  const run = await cli(folder, ["policy", "check", "c.json"]);
  t.equal(run.status, 2);
  t.match(run.stderr, /^got-hooks: \S+c\.json is a FIFO; a configuration is a file\.\n$/);
});

await t.test("check says where a file stops being JSON", async (t) => {
  const run = await cli(t.testdir({ "c.json": '{"version": 1,\n  oops}' }), ["policy", "check", "c.json"]);
  t.equal(run.status, 1);
  t.match(run.stdout, /c\.json: line 2, column 3 not valid JSON/);
});

await t.test("check shows no escape code that a configuration carries", async (t) => {
  const run = await cli(t.testdir({ "c.json": '{"merge":{"\\u001b[2J":7}}' }), ["policy", "check", "c.json"]);
  t.notMatch(run.stdout, "\u001B");
  t.match(run.stdout, "\\x1b[2J");
});

await t.test(
  "check refuses what it can't read with 2, and what is too large with the limit's name",
  async (t) => {
    const folder = t.testdir({ "large.json": " ".repeat(limits.configBytes + 1) });
    t.equal((await cli(folder, ["policy", "check", "none.json"])).status, 2);
    const large = await cli(folder, ["policy", "check", "large.json"]);
    t.equal(large.status, 1);
    t.match(large.stderr, `a configuration may have ${limits.configBytes}`);
  },
);

await t.test("explain names the rule, its origin and what goes with it", async (t) => {
  const folder = t.testdir({
    ".got": { "config.json": '{"merge":{"task":{"tags":"theirs","@strategy":"ours"}}}' },
  });
  const own = await cli(folder, ["policy", "explain", "task", "tags"]);
  t.match(
    own.stdout,
    /^tags: theirs – always theirs\n {2}from .*config\.json: merge "task" "tags"\n {2}but an entity .* whole: ours\n$/,
  );
  const builtIn = await cli(folder, ["policy", "explain", "task", "status"]);
  t.match(builtIn.stdout, /^status: order – .*pending < .* < closed\n {2}with it go closed_at/);
  t.match(builtIn.stdout, 'from the built-in policy: "task" "status"');
  const nothing = await cli(folder, ["policy", "explain", "task", "colour"]);
  t.match(nothing.stdout, /^colour: conflict – .*\n {2}from nothing: no rule names it/);
});

await t.test("explain has words for every rule", async (t) => {
  const rules = [
    "conflict",
    "latest",
    "max",
    "min",
    "counter",
    "set",
    "text",
    "object",
    "derived",
    "ours",
    "theirs",
  ];
  const fields = Object.fromEntries(rules.map((rule) => [rule, rule]));
  const config = {
    merge: {
      x: { ...fields, order: { rule: "order", order: ["a", "b"] }, list: { rule: "list", key: "id" } },
    },
  };
  const folder = t.testdir({ "c.json": JSON.stringify(config) });
  for (const rule of [...rules, "order", "list"]) {
    const run = await cli(folder, ["policy", "explain", "x", rule, "--policy", "c.json"]);
    t.match(run.stdout, new RegExp(`^${rule}: ${rule} – \\w.+\\n`));
  }
});

await t.test("explain refuses a broken configuration instead of explaining another one", async (t) => {
  const run = await cli(t.testdir({ "c.json": "{" }), [
    "policy",
    "explain",
    "task",
    "tags",
    "--policy",
    "c.json",
  ]);
  t.equal(run.status, 1);
  t.match(run.stderr, /c\.json: line 1, .*policy check/);
});
