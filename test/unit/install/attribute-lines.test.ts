import { writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { attributeLines } from "../../../src/install/attribute-lines.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

await t.test(
  "git resolves the lines to our drivers, whatever characters the configured patterns have",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const repository = createRepository(sandbox);
    const rules = [
      { match: "tracker/issues.jsonl", driver: "table" },
      { match: "with space/*.jsonl", driver: "log" },
      { match: 'quo"te/é.json', driver: "entity" },
      { match: "folder/", driver: "entity" },
      { match: "#hash.json", driver: "entity" },
      { match: "!not.json", driver: "entity" },
      { match: "only-a-key.jsonl", key: "uuid" },
    ] as const;
    writeFileSync(path.join(repository.dir, ".gitattributes"), `${attributeLines(rules).join("\n")}\n`);
    const driverOf = (file: string): string =>
      repository.git("check-attr", "-z", "merge", "--", file).split("\0")[2] ?? "";
    const expected: Record<string, string> = {
      ".got/events/20260101-000000-aaaaaaaa.jsonl": "got-log",
      ".got/entities/a/b/c.json": "got-entity",
      ".got/entities/T-1.json": "got-entity",
      ".got/snapshots/1.json.gz": "got-snapshot",
      ".got/config.json": "unspecified",
      "tracker/issues.jsonl": "got-table",
      "with space/x.jsonl": "got-log",
      'quo"te/é.json': "got-entity",
      "folder/deep/x": "got-entity",
      "#hash.json": "got-entity",
      "!not.json": "unspecified",
      "only-a-key.jsonl": "unspecified",
    };
    const found = Object.fromEntries(Object.keys(expected).map((file) => [file, driverOf(file)]));
    t.strictSame(found, expected);
    t.equal(repository.try("check-attr", "merge", "--", "x").stderr, "", "git has nothing to complain about");
    t.match(repository.git("check-attr", "text", "--", ".got/events/a.jsonl"), /unset$/m);
  },
);
