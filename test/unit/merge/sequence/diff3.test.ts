import fc from "fast-check";
import t from "tap";
import { diff3, type KeyVersions } from "../../../../src/merge/sequence/diff3.ts";
import { differences } from "../../../../src/merge/sequence/differences.ts";
import { checkProperty } from "../../../support/property.ts";

const letters = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
const ids = (items: readonly string[]): Int32Array => Int32Array.from(items, (item) => item.charCodeAt(0));

/** Length of a longest common subsequence, by the textbook table. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, () => 0);
  for (const item of a) {
    const next = [0];
    b.forEach((other, index) => {
      const longer = Math.max(next[index] ?? 0, row[index + 1] ?? 0);
      next.push(item === other ? (row[index] ?? 0) + 1 : longer);
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

await t.test("differences leave a longest common subsequence", async (t) => {
  checkProperty(t, "longest", [letters, letters], (base, side) => {
    const found = differences(ids(base), ids(side));
    const rebuilt: string[] = [];
    let at = 0;
    for (const difference of found) {
      rebuilt.push(...base.slice(at, difference.base.start));
      rebuilt.push(...side.slice(difference.side.start, difference.side.end));
      at = difference.base.end;
    }
    rebuilt.push(...base.slice(at));
    const dropped = found.reduce((sum, { base: { start, end } }) => sum + end - start, 0);
    return rebuilt.join() === side.join() && base.length - dropped === commonLength(base, side);
  });
});

await t.test("regions cover every version in order, and say what they are", async (t) => {
  checkProperty(t, "regions", [letters, letters, letters], (base, ours, theirs) => {
    const versions: KeyVersions = { base, ours, theirs };
    const names = ["base", "ours", "theirs"] as const;
    const at = { base: 0, ours: 0, theirs: 0 };
    for (const region of diff3(versions)) {
      for (const name of names) {
        if (region[name].start !== at[name]) return false;
        at[name] = region[name].end;
      }
      const [o, a, b] = names.map((name) =>
        versions[name].slice(region[name].start, region[name].end).join(),
      );
      const kind = a === b ? (o === a ? "same" : "both") : o === b ? "ours" : o === a ? "theirs" : "clash";
      if (kind !== region.kind) return false;
    }
    return names.every((name) => at[name] === versions[name].length);
  });
});

await t.test("sequences of many equal elements still match around what is rare", async (t) => {
  const many = (count: number): string[] => Array.from({ length: count }, () => "x");
  const base = [...many(4_000), "mark", ...many(4_000)];
  const ours = ["new", ...base.slice(0, -2), "end", "x", "x"];
  const found = differences(
    Int32Array.from(base, (item) => item.length),
    Int32Array.from(ours, (item) => item.length + (item === "new" ? 10 : 0)),
  );
  t.strictSame(found, [
    { base: { start: 0, end: 0 }, side: { start: 0, end: 1 } },
    { base: { start: 7_999, end: 7_999 }, side: { start: 8_000, end: 8_001 } },
  ]);
});
