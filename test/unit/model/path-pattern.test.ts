import { spawnSync } from "node:child_process";
import t from "tap";
import { matchesPath } from "../../../src/model/path-pattern.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

const patterns = [
  "a.jsonl",
  "*.jsonl",
  "/a.jsonl",
  "dir/*.jsonl",
  "dir/**/x.json",
  "**/x.json",
  "dir/**",
  "a?.json",
  "[a-c]*.json",
  "[!a]*.json",
  "a\\*b",
  "*",
  "**",
  "?.json",
  "??.json",
  "[[:alpha:]]*.json",
  "[^[:lower:]].json",
  "[]a]*",
  "[a",
  "[a\\-c].json",
  "x[\\]]y",
];
const paths = [
  "a.jsonl",
  "dir/a.jsonl",
  "dir/sub/a.jsonl",
  "dir/x.json",
  "dir/s/t/x.json",
  "x.json",
  "ab.json",
  "b.json",
  "d.json",
  "a*b",
  "dir/ab.json",
  "dir",
  "ü.json",
  "7.json",
  "-.json",
  "]a",
  "[a",
  "x]y",
];

await t.test("matches what git's attributes match", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  for (const pattern of patterns) {
    repository.write(".gitattributes", `${pattern} found\n`);
    const asked = spawnSync("git", ["check-attr", "-z", "--stdin", "found"], {
      cwd: repository.dir,
      env: sandbox.env,
      input: paths.join("\0") + "\0",
      encoding: "utf8",
    });
    const fields = asked.stdout.split("\0");
    for (let index = 0; index + 2 < fields.length; index += 3) {
      const path = fields[index] ?? "";
      t.equal(matchesPath(pattern, path), fields[index + 2] === "set", `${pattern} on ${path}`);
    }
  }
});

await t.test("takes no longer for a pattern that would explode", async (t) => {
  t.equal(
    matchesPath("**/".repeat(200) + "*a".repeat(200) + "b", "a/".repeat(500) + "a".repeat(2000)),
    false,
  );
});
