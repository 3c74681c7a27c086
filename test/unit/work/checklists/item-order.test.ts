import fc from "fast-check";
import t from "tap";
import type { Place } from "../../../../src/work/checklists/checklist.ts";
import { createItemOrder } from "../../../../src/work/checklists/item-order.ts";
import { checkProperty } from "../../../support/property.ts";

const id = fc.constantFrom("a", "b", "c", "d", "e", "f");
const place: fc.Arbitrary<Place> = fc.oneof(
  fc.constant({ kind: "first" } as const),
  fc.constant({ kind: "last" } as const),
  id.map((item) => ({ kind: "after", item }) as const),
  id.map((item) => ({ kind: "before", item }) as const),
);

/** The same with an array: slow, and plain to see. */
function putIntoArray(ids: readonly string[], one: string, to: Place): readonly string[] {
  if ("item" in to && to.item === one && ids.includes(one)) return ids;
  const others = ids.filter((other) => other !== one);
  const anchor = "item" in to ? others.indexOf(to.item) : -1;
  const known = anchor === -1 ? others.length : to.kind === "after" ? anchor + 1 : anchor;
  return others.toSpliced(to.kind === "first" ? 0 : known, 0, one);
}

await t.test("each id stands once, where it was put last", async (t) => {
  checkProperty(t, "like an array", [fc.array(fc.tuple(id, place), { maxLength: 40 })], (steps) => {
    const order = createItemOrder();
    let expected: readonly string[] = [];
    for (const [one, to] of steps) {
      order.put(one, to);
      expected = putIntoArray(expected, one, to);
      if ([...order.ids()].join() !== expected.join()) return false;
    }
    return true;
  });
});
