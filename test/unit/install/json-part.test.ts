import t from "tap";
import { withJsonLines, withoutJsonLines } from "../../../src/install/json-part.ts";

const text = '{\n\t"name": "x",\r\n\t"hooks": { "pre-commit": "npx lint-staged", "odd": 1 },\n\t"n": 1.0\n}';
const lines = { "pre-commit": "ours # got-hooks", "pre-push": "ours # got-hooks" };

await t.test("a line goes before each command, and everything else stays as it is written", async (t) => {
  const added = withJsonLines(text, ["hooks"], lines);
  const value: unknown = JSON.parse(added);
  t.strictSame(value, {
    name: "x",
    hooks: { "pre-commit": "ours # got-hooks\nnpx lint-staged", odd: 1, "pre-push": "ours # got-hooks" },
    n: 1,
  });
  t.match(added, '"n": 1.0');
  t.equal(withJsonLines(added, ["hooks"], lines), added);
});

await t.test("taken out again the values are as before", async (t) => {
  const back = withoutJsonLines(withJsonLines(text, ["hooks"], lines), ["hooks"]);
  t.strictSame(JSON.parse(back), JSON.parse(text));
});

await t.test("at the root, and where there is nothing of ours", async (t) => {
  t.strictSame(JSON.parse(withJsonLines("{}", [], { "pre-push": "ours # got-hooks" })), {
    "pre-push": "ours # got-hooks",
  });
  t.equal(withoutJsonLines(text, ["hooks"]), text);
  t.equal(withoutJsonLines("[1]", ["hooks"]), "[1]");
});
