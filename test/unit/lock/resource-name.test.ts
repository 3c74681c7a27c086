import fc from "fast-check";
import t from "tap";
import { checkProperty } from "../../support/property.ts";
import { checkResource, decodeResource, encodeResource } from "../../../src/lock/resource-name.ts";

await t.test("encodes as docs/concurrency.md says", async (t) => {
  for (const [resource, encoded] of [
    ["repo", "repo"],
    ["entity/task/T-1", "entity%2Ftask%2FT-1"],
    ["..", "%2E."],
    [".waits", "%2Ewaits"],
    ["é", "%C3%A9"],
    ["%2F", "%252F"],
    ["a b", "a%20b"],
  ] as const) {
    t.equal(encodeResource(resource), encoded);
    t.equal(decodeResource(encoded), resource);
  }
});

await t.test("decodes only what encoding makes", async (t) => {
  for (const name of ["", "%", "%2f", "%2", "a b", ".", "..", "%ff", "%41", "é"])
    t.equal(decodeResource(name), undefined, name);
});

await t.test("no two names share an encoding, and every encoding is one file name", async (t) => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  checkProperty(t, "one name, one encoding", [name, name], (one, other) => {
    const encoded = encodeResource(one);
    return (
      (one === other) === (encoded === encodeResource(other)) &&
      decodeResource(encoded) === one &&
      /^[A-Za-z0-9_%-][A-Za-z0-9_.%-]*$/.test(encoded)
    );
  });
});

await t.test("names that cannot be a lock are refused by name", async (t) => {
  for (const name of ["", "a\0", "x".repeat(241), "é".repeat(81), "\uDC00"])
    t.throws(() => checkResource(name), { code: "USAGE" });
  for (const name of ["x".repeat(240), "é".repeat(40), " ", "\n", "🦊"])
    t.doesNotThrow(() => checkResource(name));
});
