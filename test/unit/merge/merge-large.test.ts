import t from "tap";
import { mergeEntity } from "../../../src/merge/merge-entity.ts";
import { mergeTexts, policyOf, pretty } from "../../support/merge.ts";

// A search, a rope or a spread that does not scale takes these past the test runner's limit or off the stack.
const count = 60_000;
const numbers = Array.from({ length: count }, (_, index) => index);

await t.test("long lists and long texts are merged where their edits are", async (t) => {
  const edit = (at: number): number[] => numbers.with(at, -1);
  const merged = mergeTexts(mergeEntity, {
    base: pretty(numbers),
    ours: pretty(edit(1)),
    theirs: pretty(edit(count - 1)),
  });
  t.equal(merged.text, pretty(edit(1).with(count - 1, -1)));

  const lines = numbers.map((number) => (number % 3 === 0 ? "\n" : `${number}\n`));
  const text = (all: string[]): string => pretty({ text: all.join("") });
  const texts = mergeTexts(
    mergeEntity,
    {
      base: text(lines),
      ours: text(["first\n", ...lines.slice(0, -9), "late\n", ...lines.slice(-9)]),
      theirs: text([...lines.slice(0, 9), "early\n", ...lines, "last\n"].slice(0, -1)),
    },
    { policy: policyOf({ "*": { text: "text" } }) },
  );
  t.equal(texts.kind, "merged");
});

await t.test("long additions of one side fit on the stack", async (t) => {
  const long = [...numbers, ...numbers.map((number) => number + count), "end"];
  const merged = mergeTexts(
    mergeEntity,
    {
      base: pretty({ list: [7], text: "a\n" }),
      ours: pretty({ list: [7, ...long], text: `a\n${long.join("\n")}` }),
      theirs: pretty({ list: [8, 7], text: "z\na\n" }),
    },
    { policy: policyOf({ "*": { text: "text" } }) },
  );
  t.equal(merged.text, pretty({ list: [8, 7, ...long], text: `z\na\n${long.join("\n")}` }));
});

await t.test("one conflict in a long line leaves the rest of it merged", async (t) => {
  const write = (valueOf: (number: number) => number): string =>
    JSON.stringify(Object.fromEntries(numbers.map((number) => [`k${number}`, valueOf(number)])));
  const merged = mergeTexts(mergeEntity, {
    base: write(() => 0),
    ours: write((number) => (number % 2 === 0 ? 1 : 0)),
    theirs: write((number) => (number % 2 === 1 || number === 4 ? 2 : 0)),
  });
  t.match(merged, { kind: "conflict", conflicts: [{ at: "k4" }] });
  t.equal(
    merged.text.split("\n")[1],
    write((number) => (number % 2 === 0 ? 1 : 2)),
  );
});

await t.test("documents nested as deep as the limit are merged", async (t) => {
  const shapes = [(inner: unknown) => ({ a: inner, b: 1 }), (inner: unknown) => [inner, 1]];
  for (const wrap of shapes) {
    const deep = (x: number, y: number): string => {
      let document: unknown = { x, y };
      for (let depth = 0; depth < 499; depth++) document = wrap(document);
      return JSON.stringify(document);
    };
    t.equal(
      mergeTexts(mergeEntity, { base: deep(1, 1), ours: deep(2, 1), theirs: deep(1, 2) }).text,
      deep(2, 2),
    );
    t.equal(
      mergeTexts(mergeEntity, { base: deep(1, 1), ours: deep(2, 1), theirs: deep(3, 1) }).kind,
      "conflict",
    );
  }
});
