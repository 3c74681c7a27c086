import t from "tap";
import { mergeTable } from "../../src/merge/merge-table.ts";
import { checkGoldenCases } from "../support/golden.ts";

await t.test("got-table", async (t) => checkGoldenCases(t, { driver: "table", extension: ".jsonl", merge: mergeTable }));
