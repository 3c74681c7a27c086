import fc from "fast-check";
import t from "tap";
import { limits } from "../../../../src/base/limits.ts";
import { isNestedTooDeep } from "../../../../src/model/json/nesting.ts";
import { checkProperty } from "../../../support/property.ts";

const tower = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

await t.test("tells the limit exactly, also behind strings with brackets and quotes", (t) => {
  const text = '"[[[{{{\\"[[["';
  for (const depth of [limits.jsonDepth - 1, limits.jsonDepth])
    t.notOk(isNestedTooDeep(`${"[".repeat(depth)}${text}${"]".repeat(depth)}`));
  t.ok(isNestedTooDeep(tower(limits.jsonDepth + 1)));
  t.ok(isNestedTooDeep(`{"a":"\\\\","b":${tower(limits.jsonDepth)}}`));
  t.notOk(isNestedTooDeep(JSON.stringify({ wall: "[".repeat(10_000) })));
  t.end();
});

await t.test("what it lets through can be written again", (t) => {
  checkProperty(
    t,
    "isNestedTooDeep",
    [fc.json({ maxDepth: 20 }), fc.nat(2 * limits.jsonDepth)],
    (inner, depth) => {
      const text = `${"[".repeat(depth)}${inner}${"]".repeat(depth)}`;
      if (!isNestedTooDeep(text)) t.ok(JSON.stringify(JSON.parse(text)).length > 0);
      return true;
    },
    100,
  );
  t.end();
});
