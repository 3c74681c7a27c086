import t from "tap";
import { mergeEntity } from "../../src/merge/merge-entity.ts";
import { checkGoldenCases } from "../support/golden.ts";

await t.test("got-entity", async (t) => checkGoldenCases(t, { driver: "entity", extension: ".json", merge: mergeEntity }));
