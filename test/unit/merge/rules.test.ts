import t from "tap";
import { mergeEntity } from "../../../src/merge/merge-entity.ts";
import { mergeTexts, policyOf, pretty } from "../../support/merge.ts";

interface Case {
  readonly title: string;
  readonly rule: unknown;
  readonly base?: unknown;
  readonly ours?: unknown;
  readonly theirs?: unknown;
  /** The merged value of the field; `conflict` when a person has to decide, undefined when the field is gone. */
  readonly result: unknown;
}

const conflict = Symbol("conflict");

const cases: Case[] = [
  { title: "conflict leaves both", rule: "conflict", base: 1, ours: 2, theirs: 3, result: conflict },
  {
    title: "latest takes the later side (theirs is)",
    rule: "latest",
    base: 1,
    ours: 2,
    theirs: 3,
    result: 3,
  },
  { title: "latest takes a removal by the later side", rule: "latest", base: 1, ours: 2, result: undefined },
  { title: "max of numbers", rule: "max", base: 1, ours: 30, theirs: 4, result: 30 },
  {
    title: "max of stamps compares instants, not letters",
    rule: "max",
    base: "2026-01-01T00:00:00Z",
    ours: "2026-01-02T00:30:00+02:00",
    theirs: "2026-01-01T23:00:00Z",
    result: "2026-01-01T23:00:00Z",
  },
  {
    title: "max of booleans is a flag that stays set",
    rule: "max",
    base: null,
    ours: true,
    theirs: false,
    result: true,
  },
  {
    title: "max of unlike kinds is left to a person",
    rule: "max",
    base: 1,
    ours: 2,
    theirs: "x",
    result: conflict,
  },
  { title: "min of numbers", rule: "min", base: 5, ours: 3, theirs: 4, result: 3 },
  { title: "counter adds both deltas", rule: "counter", base: 10, ours: 13, theirs: 9, result: 12 },
  { title: "counter starts at zero where the base has none", rule: "counter", ours: 2, theirs: 3, result: 5 },
  { title: "counter is exact for decimals", rule: "counter", base: 0.1, ours: 0.3, theirs: 0.2, result: 0.4 },
  {
    title: "counter refuses what is no number",
    rule: "counter",
    base: 1,
    ours: 2,
    theirs: "3",
    result: conflict,
  },
  {
    title: "set keeps additions of both and removals of either",
    rule: "set",
    base: ["a", "b"],
    ours: ["a", "c"],
    theirs: ["a", "b", "d"],
    result: ["a", "c", "d"],
  },
  {
    title: "set does not double what both added",
    rule: "set",
    base: [],
    ours: ["x"],
    theirs: ["x", "y"],
    result: ["x", "y"],
  },
  {
    title: "set of records compares by value",
    rule: "set",
    base: [],
    ours: [{ a: 1, b: 2 }],
    theirs: [{ b: 2, a: 1 }, 3],
    result: [{ a: 1, b: 2 }, 3],
  },
  {
    title: "list merges elements as records",
    rule: { rule: "list", key: "id" },
    base: [{ id: 1, t: "a", d: 0 }],
    ours: [{ id: 1, t: "A", d: 0 }],
    theirs: [{ id: 1, t: "a", d: 1 }, { id: 2 }],
    result: [{ id: 1, t: "A", d: 1 }, { id: 2 }],
  },
  {
    title: "list keeps a move",
    rule: { rule: "list", key: "id" },
    base: [{ id: 1 }, { id: 2 }, { id: 3 }],
    ours: [{ id: 3 }, { id: 1 }, { id: 2 }],
    theirs: [{ id: 1 }, { id: 2, n: 1 }, { id: 3 }],
    result: [{ id: 3 }, { id: 1 }, { id: 2, n: 1 }],
  },
  {
    title: "list honours a removal",
    rule: { rule: "list", key: "id" },
    base: [{ id: 1 }, { id: 2 }],
    ours: [{ id: 2 }],
    theirs: [{ id: 1 }, { id: 2 }, { id: 3 }],
    result: [{ id: 2 }, { id: 3 }],
  },
  {
    title: "list leaves an element that one side removed and the other edited",
    rule: { rule: "list", key: "id" },
    base: [{ id: 1, n: 0 }],
    ours: [],
    theirs: [{ id: 1, n: 1 }],
    result: conflict,
  },
  {
    title: "text merges edits of different lines",
    rule: "text",
    base: "a\nb\nc\n",
    ours: "A\nb\nc\n",
    theirs: "a\nb\nC\n",
    result: "A\nb\nC\n",
  },
  {
    title: "text leaves edits of one line",
    rule: "text",
    base: "a\n",
    ours: "b\n",
    theirs: "c\n",
    result: conflict,
  },
  {
    title: "order takes the greater",
    rule: { rule: "order", order: ["low", "mid", "high"] },
    base: "low",
    ours: "high",
    theirs: "mid",
    result: "high",
  },
  {
    title: "order refuses what it does not name",
    rule: { rule: "order", order: ["low", "mid"] },
    base: "low",
    ours: "odd",
    theirs: "mid",
    result: conflict,
  },
  {
    title: "object is merged member by member",
    rule: "object",
    base: { a: 1, b: 1 },
    ours: { a: 2, b: 1 },
    theirs: { a: 1, b: 2 },
    result: { a: 2, b: 2 },
  },
  { title: "object needs objects", rule: "object", base: {}, ours: 1, theirs: { a: 1 }, result: conflict },
  { title: "derived is dropped", rule: "derived", base: 1, ours: 2, theirs: 3, result: undefined },
  { title: "ours", rule: "ours", base: 1, ours: 2, theirs: 3, result: 2 },
  { title: "theirs", rule: "theirs", base: 1, ours: 2, theirs: 3, result: 3 },
];

function documentOf(field: unknown, day: number): string {
  return pretty({
    id: "X",
    updated_at: `2026-01-0${day}T00:00:00.000Z`,
    ...(field === undefined ? {} : { field }),
  });
}

await t.test("each rule decides a field that both sides changed", async (t) => {
  for (const { title, rule, base, ours, theirs, result } of cases) {
    const policy = policyOf({ "*": { field: rule } });
    const texts = { base: documentOf(base, 1), ours: documentOf(ours, 2), theirs: documentOf(theirs, 3) };
    const merged = mergeTexts(mergeEntity, texts, { policy });
    if (result === conflict) {
      t.equal(merged.kind, "conflict", title);
      continue;
    }
    if (!t.equal(merged.kind, "merged", title)) continue;
    t.strictSame(JSON.parse(merged.text).field, result, title);
    if (rule === "ours" || rule === "theirs") continue;
    const swapped = mergeTexts(mergeEntity, { ...texts, ours: texts.theirs, theirs: texts.ours }, { policy });
    t.equal(swapped.text, merged.text, `${title}, sides swapped`);
  }
});

await t.test("a group follows its leader", async (t) => {
  const policy = policyOf({
    task: { status: { rule: "order", order: ["open", "closed"], group: ["closed_by", "closed_at"] } },
  });
  const task = (fields: object) => pretty({ id: "T", type: "task", ...fields });
  const merged = mergeTexts(
    mergeEntity,
    {
      base: task({ status: "new", closed_by: null, closed_at: null }),
      ours: task({ status: "closed", closed_by: "A", closed_at: "2026-01-02" }),
      theirs: task({ status: "open", closed_by: "B", closed_at: "never" }),
    },
    { policy },
  );
  t.equal(merged.kind, "merged");
  t.strictSame(JSON.parse(merged.text), {
    id: "T",
    type: "task",
    status: "closed",
    closed_by: "A",
    closed_at: "2026-01-02",
  });
});

await t.test(
  "two agents that close one task at once leave the fields of one of them, not a mixture",
  async (t) => {
    const task = (status: string, by: string | null, at: string | null, updated: string) =>
      pretty({
        id: "T",
        type: "task",
        version: status === "open" ? 1 : 2,
        updated_at: updated,
        status,
        closed_by: by,
        closed_at: at,
      });
    const texts = {
      base: task("open", null, null, "2026-01-01T00:00:00Z"),
      ours: task("closed", "A", "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z"),
      theirs: task("closed", "B", "2026-01-03T00:00:00Z", "2026-01-03T00:00:00Z"),
    };
    const merged = mergeTexts(mergeEntity, texts);
    t.equal(merged.kind, "merged");
    const result = JSON.parse(merged.text);
    t.strictSame([result.closed_by, result.closed_at], ["B", "2026-01-03T00:00:00Z"]);
    t.equal(mergeTexts(mergeEntity, { ...texts, ours: texts.theirs, theirs: texts.ours }).text, merged.text);
  },
);

await t.test("a group reaches into nested objects, and followers lead their own", async (t) => {
  const policy = policyOf({
    "*": {
      status: { rule: "order", order: ["open", "review", "closed"], group: ["meta.by", "at"] },
      at: { rule: "min", group: ["zone"] },
      "meta.by": { rule: "max" },
    },
  });
  const merged = mergeTexts(
    mergeEntity,
    {
      base: pretty({ at: 0, zone: "o", meta: { by: "o" }, status: "open" }),
      ours: pretty({ at: 1, zone: "a", meta: { by: "z" }, status: "review" }),
      theirs: pretty({ at: 2, zone: "b", meta: { by: "b" }, status: "closed" }),
    },
    { policy },
  );
  t.equal(merged.text, pretty({ at: 2, zone: "b", meta: { by: "b" }, status: "closed" }));
});

await t.test("the version grows past both only when both sides contributed", async (t) => {
  const entity = (version: number, fields: object) =>
    pretty({ id: "T", type: "task", version, updated_at: `2026-01-0${version}T00:00:00Z`, ...fields });
  const base = entity(1, { title: "a", priority: 1 });
  const merged = mergeTexts(mergeEntity, {
    base,
    ours: entity(2, { title: "b", priority: 1 }),
    theirs: entity(4, { title: "a", priority: 2 }),
  });
  t.match(JSON.parse(merged.text), {
    version: 5,
    title: "b",
    priority: 2,
    updated_at: "2026-01-04T00:00:00Z",
  });
  const alike = mergeTexts(mergeEntity, {
    base,
    ours: entity(2, { title: "b", priority: 1 }),
    theirs: entity(3, { title: "b", priority: 1 }),
  });
  t.match(JSON.parse(alike.text), { version: 3, title: "b" });
});

await t.test("whole-entity strategies and deletions are the policy's", async (t) => {
  const texts = {
    base: pretty({ id: "a", type: "x", n: 1 }),
    ours: pretty({ id: "a", type: "x", n: 2 }),
    theirs: pretty({ id: "a", type: "x", n: 3 }),
  };
  for (const side of ["ours", "theirs"] as const) {
    const merged = mergeTexts(mergeEntity, texts, { policy: policyOf({ x: { "@strategy": side } }) });
    t.equal(merged.text, texts[side]);
  }
});

await t.test("every field that a rule decided is reported with what won and what lost", async (t) => {
  const merged = mergeTexts(
    mergeEntity,
    { base: '{"a": 1}', ours: '{"a": 2}', theirs: '{"a": 3}' },
    { policy: policyOf({ "*": { a: "max" } }) },
  );
  t.match(merged, {
    kind: "merged",
    decisions: [{ at: "a", rule: "max", base: "1", ours: "2", theirs: "3", result: "3" }],
  });
});

await t.test("a merged text keeps the escapes that each line was written with", async (t) => {
  const texts = {
    base: '{"t": "a \\u003c\\nb\\nc \\u00fc"}',
    ours: '{"t": "A \\u003e\\nb\\nc \\u00fc"}',
    theirs: '{"t": "a \\u003c\\nb\\nc \\u00fc\\nd \\ud83d\\ude00\\\\n"}',
  };
  const merged = mergeTexts(mergeEntity, texts, { policy: policyOf({ "*": { t: "text" } }) });
  t.equal(merged.text, '{"t": "A \\u003e\\nb\\nc \\u00fc\\nd \\ud83d\\ude00\\\\n"}');
});
