import t from "tap";
import { findLosses } from "../../../src/audit/find-losses.ts";
import type { Loss } from "../../../src/audit/loss.ts";
import { mergeByKind } from "../../../src/merge/merge-by-kind.ts";
import type { DriverKind, Policy } from "../../../src/model/policy.ts";
import { layout, threeTrees, writeTree } from "../../support/arbitrary-json.ts";
import { entityFields, logText, taskRecord, taskRows } from "../../support/arbitrary-records.ts";
import { mergeOptions, policyOf, type Texts, textOf } from "../../support/merge.ts";
import { checkProperty } from "../../support/property.ts";

const bytesOf = ({ base, ours, theirs }: Texts) => ({
  base: base === null ? null : Buffer.from(base),
  ours: Buffer.from(ours),
  theirs: Buffer.from(theirs),
});

/** What the driver makes of it; undefined where it leaves a conflict. */
function cleanResult(kind: DriverKind, texts: Texts, policy: Policy): string | undefined {
  const merged = mergeByKind(kind, bytesOf(texts), mergeOptions({ policy, path: "file" }));
  return merged.kind === "merged" ? textOf(merged) : undefined;
}

function lossesOf(kind: DriverKind, texts: Texts, result: string, policy: Policy): readonly Loss[] {
  const { base, ours, theirs } = bytesOf(texts);
  const versions = { bases: [base], sides: [ours, theirs], result: Buffer.from(result) };
  const found = findLosses(kind, versions, { path: "file", policy });
  if (found.kind === "unreadable") throw new Error(found.reason);
  return found.losses;
}

/** Merges with the sides in one order, and checks with the other. */
function requireNoLoss(kind: DriverKind, texts: Texts, policy: Policy): void {
  for (const one of [texts, { ...texts, ours: texts.theirs, theirs: texts.ours }]) {
    const result = cleanResult(kind, one, policy);
    if (result === undefined) continue;
    const losses = lossesOf(kind, { ...one, ours: one.theirs, theirs: one.ours }, result, policy);
    if (losses.length > 0) throw new Error(JSON.stringify({ losses, ...one, result }, null, 1));
  }
}

const builtIn = policyOf({});
/** Each run merges and compares several times. */
const runs = 100;

await t.test(
  "what the drivers merge cleanly is never a loss, in whichever order the sides are",
  async (t) => {
    checkProperty(t, "document", [threeTrees, layout, layout], ([o, a, b], la, lb) => {
      const texts = { base: writeTree(o, la), ours: writeTree(a, la), theirs: writeTree(b, lb) };
      for (const policy of [builtIn, policyOf({ "*": { "*": "latest" } })])
        requireNoLoss("entity", texts, policy);
    });
    checkProperty(t, "entity", [entityFields, entityFields, entityFields], (o, a, b) => {
      const texts = { base: taskRecord("T", o), ours: taskRecord("T", a), theirs: taskRecord("T", b) };
      requireNoLoss("entity", texts, builtIn);
    });
    for (const deletion of ["conflict", "keep", "delete"]) {
      const policy = policyOf({ task: { "@delete": deletion } });
      checkProperty(t, `table, ${deletion}`, [taskRows, taskRows, taskRows], (base, ours, theirs) =>
        requireNoLoss("table", { base, ours, theirs }, policy),
      );
    }
    checkProperty(t, "log", [logText, logText, logText], (base, ours, theirs) =>
      requireNoLoss("log", { base, ours, theirs }, builtIn),
    );
  },
);

await t.test("a line that one side added is missed when it is taken out of a clean merge", async (t) => {
  for (const [kind, text] of [
    ["log", logText],
    ["table", taskRows],
  ] as const) {
    let taken = 0;
    checkProperty(
      t,
      kind,
      [text, text, text],
      (base, ours, theirs) => {
        const result = cleanResult(kind, { base, ours, theirs }, builtIn);
        if (result === undefined) return;
        const lines = result.split("\n").slice(0, -1);
        for (const line of new Set(lines)) {
          const id = /^\{"id":"(\w+)"/.exec(line)?.[1];
          if (id === undefined) continue;
          const mark = `"id":"${id}"`;
          const isNew = !base.includes(mark) && ours.includes(mark) !== theirs.includes(mark);
          if (!isNew || result.split(mark).length !== 2) continue;
          taken++;
          const rest = lines.filter((other) => other !== line).map((other) => `${other}\n`);
          const losses = lossesOf(kind, { base, ours, theirs }, rest.join(""), builtIn);
          const parent = ours.includes(mark) ? 1 : 2;
          if (losses.some(({ at, parents }) => at === id && parents.join() === String(parent))) continue;
          throw new Error(JSON.stringify({ id, losses, base, ours, theirs }, null, 1));
        }
      },
      runs,
    );
    t.ok(taken > 20, `${taken} lines of a ${kind} were taken out`);
  }
});

await t.test("a field that one side changed is missed when a clean merge has it as before", async (t) => {
  let undone = 0;
  checkProperty(
    t,
    "entity",
    [entityFields, entityFields, entityFields],
    (o, a, b) => {
      const texts = { base: taskRecord("T", o), ours: taskRecord("T", a), theirs: taskRecord("T", b) };
      const clean = cleanResult("entity", texts, builtIn);
      if (clean === undefined) return;
      const versions = [texts.base, texts.ours, texts.theirs, clean].map(fieldsOf);
      const [base = new Map(), ours = new Map(), theirs = new Map(), result = new Map()] = versions;
      for (const field of new Set([...base.keys(), ...result.keys()])) {
        const [was, is] = [base.get(field), result.get(field)];
        const changed = [ours, theirs].filter((side) => side.get(field) !== was);
        if (changed.length !== 1 || is === was || changed[0]?.get(field) !== is) continue;
        undone++;
        const before = new Map(result);
        if (was === undefined) before.delete(field);
        else before.set(field, was);
        const text = `{${[...before].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
        const losses = lossesOf("entity", texts, text, builtIn);
        if (losses.some(({ at }) => at === field || at.startsWith(`${field}[`))) continue;
        throw new Error(JSON.stringify({ field, losses, texts, text }, null, 1));
      }
    },
    runs,
  );
  t.ok(undone > 20, `${undone} fields were put back`);
});

/** The text of each field's value. */
function fieldsOf(text: string): Map<string, string> {
  const fields: Record<string, unknown> = JSON.parse(text);
  return new Map(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
}
