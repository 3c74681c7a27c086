import fc from "fast-check";
import t from "tap";
import { canonicalJson } from "../../../../src/model/json/canonical-json.ts";
import type { JsonNode } from "../../../../src/model/json/json-node.ts";
import { parseJson } from "../../../../src/model/json/parse-json.ts";
import { documentTree, layout, writeTree } from "../../../support/arbitrary-json.ts";
import { checkProperty } from "../../../support/property.ts";

await t.test("keeps every byte: the parts written one after another are the source", async (t) => {
  checkProperty(t, "round trip", [documentTree, layout], (tree, style) => {
    const source = writeTree(tree, style);
    const parsed = parseJson(source);
    if (parsed.kind === "invalid") throw new Error(parsed.problem.reason);
    const { before, root, after } = parsed.document;
    return before + write(root) + after === source && root.raw === write(root);
  });
});

function write(node: JsonNode): string {
  if (node.kind === "scalar") return node.raw;
  const parts =
    node.kind === "object"
      ? node.members.map(
          (member) => member.before + member.rawKey + member.colon + write(member.value) + member.after,
        )
      : node.elements.map((element) => element.before + write(element.value) + element.after);
  const [open, close] = node.kind === "object" ? ["{", "}"] : ["[", "]"];
  return open + parts.join(",") + node.close + close;
}

await t.test("accepts what JSON.parse accepts, and nothing else but duplicate keys", async (t) => {
  checkProperty(
    t,
    "against JSON.parse",
    [
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.json().map((text) => text.slice(1)),
      ),
    ],
    (text) => {
      let accepted = true;
      try {
        JSON.parse(text);
      } catch {
        accepted = false;
      }
      const parsed = parseJson(text);
      return (
        (parsed.kind === "parsed") === accepted ||
        (parsed.kind === "invalid" && parsed.problem.reason.startsWith("duplicate key"))
      );
    },
  );
});

await t.test("names the line and column of what is wrong", async (t) => {
  const cases: [string, object][] = [
    ['{\n  "a": 1,\n  "a": 2\n}', { reason: 'duplicate key "a"', line: 3, column: 3 }],
    ["", { reason: "empty", line: 1 }],
    ['{"a": 1,}', { reason: "property name expected", line: 1, column: 9 }],
    ["[1] x", { line: 1, column: 5 }],
    ["[".repeat(5000), { reason: /nesting deeper than 500/ }],
    [`[${"1,".repeat(500_000)}1]`, { reason: /more than 500000 values/ }],
  ];
  for (const [text, problem] of cases)
    t.match(parseJson(text), { kind: "invalid", problem }, text.slice(0, 20));
});

await t.test(
  "the canonical form sorts keys, drops white space and unneeded escapes, and keeps numbers as written",
  async (t) => {
    const parsed = parseJson('{ "b": [1.0, 1e400], "__proto__": null, "\\u0061": "\\u00e9\\/\\n" }');
    if (parsed.kind === "invalid") throw new Error(parsed.problem.reason);
    t.equal(canonicalJson(parsed.document.root), '{"__proto__":null,"a":"é/\\n","b":[1.0,1e400]}');
  },
);
