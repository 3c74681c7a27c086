import t from "tap";
import { mergeEntity } from "../../../../src/merge/merge-entity.ts";
import { takeSide } from "../../../corpus/invariants.ts";
import { mergeTexts, pretty } from "../../../support/merge.ts";

interface Case {
  readonly title: string;
  readonly base: unknown[];
  readonly ours: unknown[];
  readonly theirs: unknown[];
  /** Undefined where a person has to decide. */
  readonly result?: unknown[];
}

const cases: Case[] = [
  {
    title: "what both sides added at different places stands once",
    base: ["a", "b"],
    ours: ["n", "a", "b"],
    theirs: ["a", "b", "n"],
    result: ["n", "a", "b"],
  },
  {
    title: "what both sides moved stands once",
    base: ["x", "y", "z"],
    ours: ["y", "z", "x"],
    theirs: ["y", "x", "z"],
    result: ["y", "x", "z"],
  },
  {
    title: "what one side moved and the other removed is gone",
    base: ["x", "y", "z"],
    ours: ["y", "z", "x"],
    theirs: ["y", "z"],
    result: ["y", "z"],
  },
  {
    title: "a side that added all the other added, and more, stands",
    base: ["a"],
    ours: ["a", "n"],
    theirs: ["a", "n", "m"],
    result: ["a", "n", "m"],
  },
  {
    title: "different additions at one place are left to a person",
    base: ["a"],
    ours: ["a", "n"],
    theirs: ["a", "m"],
  },
  {
    title: "numbers mean their place, so equal ones may stand twice",
    base: [1, 2],
    ours: [0, 1, 2],
    theirs: [1, 2, 0],
    result: [0, 1, 2, 0],
  },
  {
    title: "records with ids are merged inside, wherever they stand",
    base: [
      { id: 1, a: 0, b: 0 },
      { id: 2, a: 0 },
    ],
    ours: [
      { id: 2, a: 0 },
      { id: 1, a: 1, b: 0 },
    ],
    theirs: [
      { id: 1, a: 0, b: 1 },
      { id: 3, a: 0 },
    ],
    result: [
      { id: 1, a: 1, b: 1 },
      { id: 3, a: 0 },
    ],
  },
  {
    title: "records that both sides added at one place both stand",
    base: [],
    ours: [{ id: "a" }],
    theirs: [{ id: "b" }],
    result: [{ id: "a" }, { id: "b" }],
  },
  {
    title: "one record put for another is not mixed with an edit of that",
    base: [{ id: 1, n: 0 }, "x"],
    ours: [{ id: 2, n: 0 }, "x"],
    theirs: [{ id: 1, n: 1 }, "x"],
  },
  {
    title: "a record without an id that one side removed and the other edited is left to a person",
    base: [{ n: 0 }, "x"],
    ours: ["x"],
    theirs: [{ n: 1 }, "x"],
  },
];

await t.test("lists that no rule names", async (t) => {
  for (const { title, base, ours, theirs, result } of cases) {
    const texts = {
      base: pretty({ list: base }),
      ours: pretty({ list: ours }),
      theirs: pretty({ list: theirs }),
    };
    const merged = mergeTexts(mergeEntity, texts);
    const swapped = mergeTexts(mergeEntity, { ...texts, ours: texts.theirs, theirs: texts.ours });
    if (result === undefined) {
      t.equal(merged.kind, "conflict", title);
      t.strictSame(JSON.parse(takeSide(merged.text, "ours")), { list: ours }, `${title}: ours`);
      t.strictSame(JSON.parse(takeSide(swapped.text, "ours")), { list: theirs }, `${title}: theirs`);
      continue;
    }
    if (!t.equal(merged.kind, "merged", title)) continue;
    t.strictSame(JSON.parse(merged.text), { list: result }, title);
    t.equal(swapped.text, merged.text, `${title}, sides swapped`);
  }
});

await t.test("the same additions in two orders give the same bytes for swapped sides", async (t) => {
  const texts = { base: pretty(["a"]), ours: pretty(["a", "n", "m"]), theirs: pretty(["a", "m", "n"]) };
  const merged = mergeTexts(mergeEntity, texts);
  t.equal(merged.kind, "merged");
  t.equal(mergeTexts(mergeEntity, { ...texts, ours: texts.theirs, theirs: texts.ours }).text, merged.text);
});
