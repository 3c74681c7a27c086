import t from "tap";
import { canonicalJson } from "../../../../src/model/json/canonical-json.ts";
import { parseJson } from "../../../../src/model/json/parse-json.ts";
import type { JsonNode } from "../../../../src/model/json/json-node.ts";
import { sameValue } from "../../../../src/model/json/same-value.ts";
import { documentTree, layout, threeTrees, writeTree } from "../../../support/arbitrary-json.ts";
import { checkProperty } from "../../../support/property.ts";

function parse(text: string): JsonNode {
  const parsed = parseJson(text);
  if (parsed.kind === "invalid") throw new Error(parsed.problem.reason);
  return parsed.document.root;
}

await t.test("spelling, white space and the order of keys make no difference", async (t) => {
  const pairs: [string, string, boolean][] = [
    ['{"a": 1, "b": [true, null]}', '{"b":[true,null],"\\u0061":1}', true],
    ['"\\u0041\\/"', '"A/"', true],
    ["1", "1.0", false],
    ["[1, 2]", "[2, 1]", false],
    ["[1]", "[1, 2]", false],
    ['{"a": 1}', '{"a": 1, "b": 1}', false],
    ['{"a": 1, "b": 1}', '{"a": 1, "c": 1}', false],
    ["[]", "{}", false],
    ['"1"', "1", false],
    ['{"__proto__": 1, "x": 2}', '{"x": 2, "__proto__": 1}', true],
  ];
  for (const [left, right, same] of pairs)
    t.equal(sameValue(parse(left), parse(right)), same, `${left} ${right}`);
});

await t.test("agrees with the canonical texts", async (t) => {
  checkProperty(t, "same", [threeTrees, documentTree, layout, layout], ([a, b], c, la, lb) => {
    for (const other of [a, b, c]) {
      const [left, right] = [parse(writeTree(a, la)), parse(writeTree(other, lb))];
      if (sameValue(left, right) !== (canonicalJson(left) === canonicalJson(right))) return false;
    }
    return true;
  });
});
