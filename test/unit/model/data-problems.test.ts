import t from "tap";
import { findDataProblems } from "../../../src/model/data-problems.ts";
import { pretty } from "../../support/merge.ts";

const problems = (path: string, text: string, previous: string | null = null): string[] =>
  findDataProblems(path, text, previous).map(({ line, reason }) => `${line ?? "-"}: ${reason}`);

await t.test("an entity stands in the file of its type and id, so that no two files claim one", async (t) => {
  const text = pretty({ id: "T-1", type: "task", title: "x" });
  t.strictSame(problems(".got/entities/task/T-1.json", text), []);
  t.strictSame(problems(".got/entities/task/T-2.json", text), [
    '2: id is "T-1", but the file stands where T-2 belongs',
  ]);
  t.strictSame(problems(".got/entities/bug/T-1.json", text), [
    '3: type is "task", but the file stands where bug belongs',
  ]);
  t.strictSame(problems("elsewhere/T-2.json", text), []);
});

await t.test(
  "markers, broken JSON, a wrong checksum and a broken policy are found with their lines",
  async (t) => {
    t.match(problems(".got/entities/task/T.json", '{\n<<<<<<< ours\n"a": 1\n'), [/^2: a conflict marker/]);
    t.match(problems(".got/entities/task/T.json", '{\n"a": 1,\n}\n'), [/^3: not valid JSON/]);
    t.match(problems(".got/entities/task/T.json", '{\n"a": 1,\n"checksum": "0"\n}\n'), [/^3: checksum is 0/]);
    t.match(problems(".got/config.json", '{"merge": {"task": {"a": "newest"}}}'), [
      /^-: merge\.task\.a\.rule/,
    ]);
    t.match(problems(".got/events/s.jsonl", '{"id":"a"}\n{"id":\n'), [/^2: not valid JSON/]);
  },
);

await t.test("lines that a log had before are not reported again", async (t) => {
  t.strictSame(problems(".got/events/s.jsonl", '{torn\n{"id":"a"}\n', "{torn\n"), []);
});
