import t from "tap";
import { compare, median } from "../../../bench/support/compare.ts";
import { type Row, rowPasses } from "../../../bench/support/row.ts";

await t.test("takes the middle value, or the mean of the middle two", async (t) => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1, 2, 3]), 2.5);
  t.ok(Number.isNaN(median([])));
});

await t.test("runs both in turns, changes who goes first, and does not count the first round", async (t) => {
  let order = "";
  const row = await compare({
    what: "b",
    baseline: { name: "a", run: () => (order += "a") },
    candidate: { run: async () => (order += "b") },
    rounds: 3,
    bar: 2,
  });
  t.equal(order, "ababbaab");
  t.match(row, { what: "b", baseline: "a", bar: 2 });
  t.equal(row.ratio, row.measuredMs / row.baselineMs);
});

await t.test("passes a row only when its ratio and all its limits are kept", async (t) => {
  const row: Row = { what: "", baseline: "", baselineMs: 1, measuredMs: 2, ratio: 2, bar: 2 };
  t.ok(rowPasses(row));
  t.ok(rowPasses({ ...row, bar: null, ratio: 99 }));
  t.notOk(rowPasses({ ...row, ratio: 2.01 }));
  t.notOk(rowPasses({ ...row, limits: [{ what: "added", measured: 16, bar: 15, unit: "ms" }] }));
  t.notOk(rowPasses({ ...row, ratio: Number.NaN }), "not a number is no pass");
});
