import { assert, constantFrom, property, uniqueArray } from "fast-check";
import t from "tap";
import { mergeOrder } from "../../../../src/merge/sequence/merge-order.ts";

const numeric = (left: string, right: string): number => Number(left) - Number(right);
const letters = (text: string): string[] => text.split("");
const merge = (base: string, ours: string, theirs: string, survivors?: string): string =>
  mergeOrder({
    base: letters(base),
    ours: letters(ours),
    theirs: letters(theirs),
    survivors: new Set(survivors ?? survivorsOf(base, ours, theirs)),
  }).join("");

/** Three-way set: what either side added, and what neither removed. */
function survivorsOf(base: string, ours: string, theirs: string): string {
  const all = new Set(letters(ours + theirs));
  return [...all]
    .filter((key) => !base.includes(key) || (ours.includes(key) && theirs.includes(key)))
    .join("");
}

await t.test("puts an addition behind its predecessor", async (test) => {
  test.equal(merge("abc", "abxc", "abc"), "abxc");
  test.equal(merge("abc", "xabc", "abcy"), "xabcy");
});

await t.test("keeps an addition whose predecessor the other side removed", async (test) => {
  test.equal(merge("abc", "abxc", "ac"), "axc");
});

await t.test("orders two sorted runs in one gap as one sorted run", async (test) => {
  test.equal(merge("a", "abdf", "ace"), "abcdef");
  test.equal(merge("", "bd", "ace"), "abcde");
});

await t.test("keeps runs whole when one of them is not sorted", async (test) => {
  test.equal(merge("a", "azb", "acd"), "acdzb");
});

await t.test("keeps a move that one side made while the other added", async (test) => {
  test.equal(merge("abcd", "bcda", "abcxd"), "bcxda");
  test.equal(merge("ab", "ba", "ab"), "ba");
});

await t.test("keeps moves of different keys by both sides", async (test) => {
  test.equal(merge("abcdef", "bcdefa", "fabcde"), "fbcdea");
});

await t.test("takes the same rearrangement by both sides once", async (test) => {
  test.equal(merge("abc", "cba", "cbax"), "cbax");
});

await t.test("places a survivor that only one side still holds where that side has it", async (test) => {
  test.equal(merge("abc", "ac", "abc", "abc"), "abc");
});

await t.test("uses the given order instead of code units", async (test) => {
  const order = mergeOrder({
    base: ["1"],
    ours: ["1", "10"],
    theirs: ["1", "9"],
    survivors: new Set(["1", "9", "10"]),
    compare: numeric,
  });
  test.same(order, ["1", "9", "10"]);
});

await t.test("takes one side's order where both wrote all of it in an order of their own", async (test) => {
  const [base, ours, theirs] = ["abcdefgh", "hgxfedcba", "fchebgyda"];
  const merged = merge(base, ours, theirs);
  test.equal(merged, "fchebgxyda");
  test.equal(merge(base, theirs, ours), merged);
  test.equal(merge(base, merged, ours), merged);
  test.equal(merge(base, merged, theirs), merged);
});

const sequence = uniqueArray(constantFrom(...letters("abcdefghijklmnop")), { maxLength: 12 }).map((keys) =>
  keys.join(""),
);
const sorted = sequence.map((keys) => letters(keys).sort().join(""));

await t.test("properties of every merge", async (test) => {
  const seed = 20261;
  test.comment(`seed ${seed}`);
  const check = (base: string, ours: string, theirs: string): void => {
    const merged = merge(base, ours, theirs);
    test.equal(merged, merge(base, theirs, ours), "swapping sides changes nothing");
    test.equal(
      letters(merged).sort().join(""),
      letters(survivorsOf(base, ours, theirs))
        .sort()
        .join(""),
      "each survivor once",
    );
    test.equal(merge(base, base, theirs), theirs, "an unchanged side leaves the other alone");
    test.equal(merge(base, ours, ours), ours, "equal sides stay");
    test.equal(merge(ours, merged, ours), merged, "merging again changes nothing");
  };
  assert(property(sequence, sequence, sequence, check), { seed, numRuns: 400 });
});

await t.test("sorted sides give a sorted result, whatever the base", async (test) => {
  const seed = 20262;
  test.comment(`seed ${seed}`);
  assert(
    property(sequence, sorted, sorted, (base, ours, theirs) => {
      const merged = merge(base, ours, theirs);
      test.equal(merged, letters(merged).sort().join(""));
    }),
    { seed, numRuns: 400 },
  );
});
