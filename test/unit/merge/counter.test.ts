import t from "tap";
import { mergeEntity } from "../../../src/merge/merge-entity.ts";
import { mergeTexts, policyOf, pretty } from "../../support/merge.ts";

const policy = policyOf({ task: { n: "counter", "list.n": "counter", list: { rule: "list", key: "id" } } });
const task = (fields: object): string => pretty({ id: "T-1", type: "task", ...fields });

function merged(base: object, ours: object, theirs: object): unknown {
  const texts = { base: task(base), ours: task(ours), theirs: task(theirs) };
  const result = mergeTexts(mergeEntity, texts, { policy });
  return result.kind === "merged" ? JSON.parse(result.text) : result.kind;
}

await t.test("takes the same new number on both sides for two counts", async (t) => {
  t.match(merged({ n: 0, a: 1 }, { n: 1, a: 2 }, { n: 1, a: 1 }), { n: 2, a: 2 });
  t.match(merged({ n: 5, a: 1 }, { n: 4, a: 1, b: 1 }, { n: 4, a: 1 }), { n: 3, b: 1 });
});

await t.test("takes a document that is the same on both sides for one count", async (t) => {
  t.match(merged({ n: 0 }, { n: 1 }, { n: 1 }), { n: 1 });
  const spaced = task({ n: 1 }).replace('"n": 1', '"n":  1');
  const result = mergeTexts(
    mergeEntity,
    { base: task({ n: 0 }), ours: task({ n: 1 }), theirs: spaced },
    { policy },
  );
  t.match(JSON.parse(result.text), { n: 1 });
});

await t.test("takes a list's element that is the same on both sides for one count", async (t) => {
  const list = (n: number): object => ({ list: [{ id: "x", n }] });
  t.match(merged({ a: 1, ...list(0) }, { a: 2, ...list(1) }, { a: 1, b: 1, ...list(1) }), list(1));
});

await t.test("leaves equal values alone that are no numbers, or that no base counts from", async (t) => {
  t.match(merged({ n: "a", a: 1 }, { n: "b", a: 2 }, { n: "b", a: 1 }), { n: "b" });
  t.match(merged({ a: 1 }, { n: 3, a: 2 }, { n: 3, a: 1 }), { n: 3 });
});
