import t from "tap";
import { type Records, readRecords } from "../../../src/audit/records.ts";
import { mergeByKind } from "../../../src/merge/merge-by-kind.ts";
import { canonicalJson } from "../../../src/model/json/canonical-json.ts";
import type { JsonNode } from "../../../src/model/json/json-node.ts";
import { parseJson } from "../../../src/model/json/parse-json.ts";
import type { DriverKind, Policy } from "../../../src/model/policy.ts";
import { layout, threeTrees, writeTree } from "../../support/arbitrary-json.ts";
import { entityFields, logText, taskRecord, taskRows } from "../../support/arbitrary-records.ts";
import { mergeOptions, policyOf, type Texts } from "../../support/merge.ts";
import { checkProperty } from "../../support/property.ts";

/** Says what is in a side, not in the result, and named by no decision and no conflict. */
function unexplained(kind: DriverKind, texts: Texts, policy: Policy): string[] {
  const inputs = {
    base: texts.base === null ? null : Buffer.from(texts.base),
    ours: Buffer.from(texts.ours),
    theirs: Buffer.from(texts.theirs),
  };
  const options = mergeOptions({ policy, path: "file" });
  const merged = mergeByKind(kind, inputs, options);
  if (merged.kind !== "merged") return [];
  const named = merged.decisions.map(({ at }) => at);
  const versions = [inputs.base, inputs.ours, inputs.theirs, Buffer.concat(merged.chunks)];
  const read = readRecords(kind, versions, options);
  if (read.kind === "unreadable") return [read.reason];
  const [base = new Map(), ours = new Map(), theirs = new Map(), result = new Map()] =
    read.versions.map(valuesOf);
  return [ours, theirs].flatMap((side, index) => {
    const other = index === 0 ? theirs : ours;
    return [...side].flatMap(([key, { place, value }]) => {
      if (result.get(key)?.value === value) return [];
      const was = base.get(key);
      // Each side may have removed another copy.
      if (was?.isRepeated === true) return [];
      const wasThere = was?.value === value;
      // The other side removed or replaced it, and this one left it alone.
      if (wasThere && other.get(key)?.value !== value) return [];
      const isNamed = named.some((at) => at === "" || place === at || place.startsWith(`${at}.`));
      return isNamed ? [] : [`${index === 0 ? "ours" : "theirs"}: ${place} ${value}`];
    });
  });
}

/** Every value of a version, and the place that a decision about it names. */
function valuesOf(records: Records): Map<string, { place: string; value: string; isRepeated: boolean }> {
  const values = new Map<string, { place: string; value: string; isRepeated: boolean }>();
  const add = (key: string, found: { place: string; value: string }): void => {
    values.set(key, { ...found, isRepeated: values.has(key) });
  };
  for (const [key, record] of records) {
    for (const [numbered, { value }] of record.leaves()) {
      const leaf = numbered.replaceAll(/\0\[\d+ /g, "\0[");
      const members = leaf.split("\0").filter((part) => part.startsWith("."));
      // Of lines and elements without an id it counts that there is one: which of several equal ones was removed nobody can say.
      const owner = key.replace(/^line \d+ /, "");
      const place = [record.at, ...members.map((part) => part.slice(1))]
        .filter((part) => part !== "")
        .join(".");
      if (!/^[{[]./.test(value) || owner !== key) add(`${owner}\0${leaf}`, { place, value });
      // An element without an id is merged inside: both sides' values are in it then.
      else for (const inner of scalarsOf(place, value)) add(JSON.stringify(inner), inner);
    }
  }
  return values;
}

function scalarsOf(place: string, value: string): { place: string; value: string }[] {
  const parsed = parseJson(value);
  if (parsed.kind === "invalid") return [{ place, value }];
  const walk = (node: JsonNode, at: string): { place: string; value: string }[] => {
    if (node.kind === "object") return node.members.flatMap((one) => walk(one.value, `${at}.${one.key}`));
    if (node.kind === "array") return node.elements.flatMap((one) => walk(one.value, at));
    return [{ place: at, value: canonicalJson(node) }];
  };
  return walk(parsed.document.root, place);
}

const everyRule = policyOf({
  "*": {
    a: "max",
    b: "min",
    c: { rule: "list", key: "id" },
    "1": "counter",
    "0": "text",
    tags: "set",
    status: { rule: "order", order: ["a", "ü", "1", "true"], group: ["x.y", "ü"] },
    constructor: "derived",
    "*": "latest",
  },
});

await t.test("whatever a document loses is named by a decision", async (t) => {
  const policies = [policyOf({}), policyOf({ "*": { "*": "latest" } }), everyRule];
  for (const strategy of ["ours", "theirs"]) policies.push(policyOf({ "*": { "@strategy": strategy } }));
  for (const [index, policy] of policies.entries()) {
    checkProperty(t, `policy ${index}`, [threeTrees, layout, layout], ([o, a, b], la, lb) => {
      const texts = { base: writeTree(o, la), ours: writeTree(a, la), theirs: writeTree(b, lb) };
      const lost = unexplained("entity", texts, policy);
      if (lost.length > 0) throw new Error(`${lost.join("\n")}\n${JSON.stringify(texts, null, 1)}`);
    });
  }
});

await t.test("whatever an entity loses is named: version, stamps, groups, lists and all", async (t) => {
  checkProperty(t, "entity", [entityFields, entityFields, entityFields], (o, a, b) => {
    const texts = { base: taskRecord("T", o), ours: taskRecord("T", a), theirs: taskRecord("T", b) };
    const lost = unexplained("entity", texts, policyOf({}));
    if (lost.length > 0) throw new Error(`${lost.join("\n")}\n${JSON.stringify(texts, null, 1)}`);
  });
});

await t.test("whatever a table loses is named, also where deletion is decided by rule", async (t) => {
  for (const deletion of ["conflict", "keep", "delete"]) {
    const policy = policyOf({ task: { "@delete": deletion } });
    checkProperty(t, deletion, [taskRows, taskRows, taskRows], (base, ours, theirs) => {
      const lost = unexplained("table", { base, ours, theirs }, policy);
      if (lost.length > 0)
        throw new Error(`${lost.join("\n")}\n${JSON.stringify({ base, ours, theirs }, null, 1)}`);
    });
  }
});

await t.test("whatever a log loses is named, also the second record of one event", async (t) => {
  checkProperty(t, "log", [logText, logText, logText], (base, ours, theirs) => {
    const lost = unexplained("log", { base, ours, theirs }, policyOf({}));
    if (lost.length > 0)
      throw new Error(`${lost.join("\n")}\n${JSON.stringify({ base, ours, theirs }, null, 1)}`);
  });
});
