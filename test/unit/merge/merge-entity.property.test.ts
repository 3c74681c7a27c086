import t from "tap";
import { mergeEntity } from "../../../src/merge/merge-entity.ts";
import { canonicalJson } from "../../../src/model/json/canonical-json.ts";
import { parseJson } from "../../../src/model/json/parse-json.ts";
import { brokenJson, takeSide } from "../../corpus/invariants.ts";
import { layout, threeTrees, writeTree } from "../../support/arbitrary-json.ts";
import { mergeTexts, policyOf } from "../../support/merge.ts";
import { checkProperty } from "../../support/property.ts";

const policies = [
  policyOf({}),
  policyOf({ "*": { "*": "latest" } }),
  policyOf({ "*": { tags: "set", a: "max", b: "min", "1": "counter", c: { rule: "list", key: "id" } } }),
];

await t.test("swapping sides gives the same bytes, or the same conflicts mirrored", async (t) => {
  for (const [index, policy] of policies.entries()) {
    checkProperty(t, `policy ${index}`, [threeTrees, layout, layout, layout], ([o, a, b], lo, la, lb) => {
      const [base, ours, theirs] = [writeTree(o, lo), writeTree(a, la), writeTree(b, lb)];
      const merged = mergeTexts(mergeEntity, { base, ours, theirs }, { policy });
      const swapped = mergeTexts(mergeEntity, { base, ours: theirs, theirs: ours }, { policy });
      if (merged.kind !== swapped.kind) throw new Error(`${merged.kind} but ${swapped.kind} when swapped`);
      if (merged.kind === "merged") return merged.text === swapped.text;
      return takeSide(merged.text, "ours") === takeSide(swapped.text, "theirs");
    });
  }
});

await t.test(
  "a side that changed nothing, in meaning and in spelling, leaves the other as it is",
  async (t) => {
    checkProperty(t, "one side", [threeTrees, layout, layout], ([o, a], lo, la) => {
      const [base, ours] = [writeTree(o, lo), writeTree(a, la)];
      for (const [one, two] of [
        [ours, base],
        [base, ours],
        [ours, ours],
      ] as const) {
        if (mergeTexts(mergeEntity, { base, ours: one, theirs: two }).text !== ours) return false;
      }
      return true;
    });
  },
);

await t.test("no key, element or one-sided change is lost, and every outcome parses", async (t) => {
  checkProperty(t, "invariants", [threeTrees, layout], ([o, a, b], style) => {
    const texts = { base: writeTree(o, style), ours: writeTree(a, style), theirs: writeTree(b, style) };
    const merged = mergeTexts(mergeEntity, texts);
    if (merged.kind === "unmergeable") throw new Error(merged.reason);
    if (merged.kind === "conflict") {
      for (const side of ["ours", "theirs"] as const) {
        const parsed = parseJson(takeSide(merged.text, side));
        if (parsed.kind === "invalid") throw new Error(`${side}: ${parsed.problem.reason}\n${merged.text}`);
      }
      return;
    }
    const broken = brokenJson(texts, merged.text).filter((problem) => !problem.includes("["));
    if (broken.length > 0) throw new Error(`${broken.join("\n")}\n${merged.text}`);
  });
});

await t.test("a reformatted side keeps its layout where the other changed values", async (t) => {
  checkProperty(t, "layout", [threeTrees, layout, layout], ([o, a], lo, la) => {
    const base = writeTree(o, lo);
    const merged = mergeTexts(mergeEntity, { base, ours: writeTree(a, lo), theirs: writeTree(o, la) });
    if (merged.kind !== "merged") throw new Error(merged.kind);
    const [result, wanted] = [parseJson(merged.text), parseJson(writeTree(a, lo))];
    if (result.kind === "invalid" || wanted.kind === "invalid") throw new Error("does not parse");
    return canonicalJson(result.document.root) === canonicalJson(wanted.document.root);
  });
});

await t.test("merging the result again with either parent changes nothing", async (t) => {
  checkProperty(t, "again", [threeTrees, layout], ([o, a, b], style) => {
    const [base, ours, theirs] = [writeTree(o, style), writeTree(a, style), writeTree(b, style)];
    const merged = mergeTexts(mergeEntity, { base, ours, theirs });
    if (merged.kind !== "merged") return true;
    return [ours, theirs].every(
      (parent) =>
        mergeTexts(mergeEntity, { base: parent, ours: merged.text, theirs: parent }).text === merged.text,
    );
  });
});
