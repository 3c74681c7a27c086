import t from "tap";
import type { RuleName } from "../../../../src/model/policy.ts";
import { contentionAlerts } from "../../../../src/store/metrics/contention-alerts.ts";
import {
  type EntityContention,
  type FieldContention,
  newEntityCounts,
} from "../../../../src/store/metrics/contention-counts.ts";

const policy = (rules: Record<string, RuleName> = {}): Parameters<typeof contentionAlerts>[1]["policy"] => ({
  types: new Map([
    ["thing", { fields: new Map(Object.entries(rules).map(([field, rule]) => [field, { rule }])) }],
  ]),
  paths: [],
});
const field = (name: string, more: Partial<FieldContention> = {}): FieldContention => ({
  field: name,
  attempts: 100,
  conflicts: 50,
  clashes: 50,
  ...more,
});
const entity = (more: Partial<EntityContention>): EntityContention => {
  const { fields: _, ...zero } = newEntityCounts();
  return { ref: "thing:1", ...zero, attempts: 100, commits: 50, conflicts: 50, fields: [], ...more };
};
const adviceFor = (one: Partial<EntityContention>, rules: Record<string, RuleName> = {}): unknown =>
  contentionAlerts([entity(one)], { threshold: 0.3, policy: policy(rules) })[0]?.advice;
const lock = { kind: "lock", resource: "entity/thing/1" } as const;

await t.test("an alert needs a share above the threshold and enough tries to mean something", async (t) => {
  const at = (commits: number, conflicts: number, waits = 0): number =>
    contentionAlerts([entity({ commits, conflicts, waits })], { threshold: 0.3, policy: policy() }).length;
  t.equal(at(70, 30), 0, "30 % is not above 30 %");
  t.equal(at(69, 31), 1);
  t.equal(at(6, 3), 0, "nine tries");
  t.equal(at(6, 4), 1, "ten");
  t.equal(at(100, 0, 30), 0);
  t.equal(at(100, 0, 31), 1, "waiting is contention too");
});

await t.test("the worst comes first, and abandoned tries do not dilute it", async (t) => {
  const alerts = contentionAlerts(
    [
      entity({ ref: "thing:a", commits: 60, conflicts: 40 }),
      entity({ ref: "thing:b", commits: 10, conflicts: 30, abandoned: 1_000 }),
      entity({ ref: "thing:c", commits: 100, conflicts: 0, waits: 500 }),
    ],
    { threshold: 0.3, policy: policy() },
  );
  t.match(alerts, [
    { ref: "thing:c", conflictShare: 0, waitShare: 1 },
    { ref: "thing:b", tries: 40, conflictShare: 0.75, waitShare: 0 },
    { ref: "thing:a", conflictShare: 0.4 },
  ]);
});

await t.test("one value that has to win is worth a lock", async (t) => {
  t.strictSame(adviceFor({ fields: [field("state", { shape: "other" })] }), [lock]);
  t.strictSame(adviceFor({ fields: [] }), [lock], "e.g. creating and deleting");
});

await t.test("values that a rule can join are worth a rule", async (t) => {
  const rule = (shape: FieldContention["shape"] & string): unknown =>
    adviceFor({ fields: [field("f", { shape })] });
  const of = (found: object): unknown => [{ kind: "rule", type: "thing", field: "f", rule: found }, lock];
  t.strictSame(rule("number"), of({ rule: "counter" }));
  t.strictSame(rule("list"), of({ rule: "set" }));
  t.strictSame(rule("records"), of({ rule: "list", key: "id" }));
  t.strictSame(rule("text"), of({ rule: "text" }));
});

await t.test("where the policy has a rule, the store can use it", async (t) => {
  t.strictSame(adviceFor({ fields: [field("f", { shape: "number" })] }, { f: "counter" }), [
    { kind: "merge", field: "f", rule: "counter" },
    lock,
  ]);
  t.strictSame(adviceFor({ fields: [field("f", { shape: "other" })] }, { f: "conflict" }), [lock]);
});

await t.test("changes of different fields are joined or split", async (t) => {
  const fields = [
    field("a", { clashes: 0 }),
    field("b", { clashes: 0 }),
    field("c", { conflicts: 0, clashes: 0 }),
  ];
  t.strictSame(adviceFor({ apartConflicts: 40, fields }), [
    { kind: "mergeApart", fields: ["a", "b"] },
    { kind: "split", fields: ["a", "b"] },
  ]);
});

await t.test("what was only read or listed is read with less care, or less of it", async (t) => {
  t.strictSame(adviceFor({ readConflicts: 40, fields: [field("a")] }), [{ kind: "loosen" }, lock]);
  t.strictSame(adviceFor({ ref: "thing:*", readConflicts: 50 }), [
    { kind: "narrow", type: "thing" },
    { kind: "loosen" },
    { kind: "lock", resource: "entity/thing" },
  ]);
});

await t.test("where the queue kept all conflicts away, the field most written decides", async (t) => {
  const fields = [
    field("title", { attempts: 1, conflicts: 0, clashes: 0 }),
    field("n", { attempts: 90, conflicts: 0, clashes: 0 }),
  ];
  t.strictSame(adviceFor({ commits: 100, conflicts: 0, waits: 90, fields }, { n: "counter" }), [
    { kind: "merge", field: "n", rule: "counter" },
    lock,
  ]);
});
