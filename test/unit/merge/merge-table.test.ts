import fc from "fast-check";
import t from "tap";
import { mergeEntity } from "../../../src/merge/merge-entity.ts";
import { mergeTable } from "../../../src/merge/merge-table.ts";
import { brokenLines, takeSide } from "../../corpus/invariants.ts";
import { mergeTexts, policyOf, type Texts } from "../../support/merge.ts";
import { checkProperty } from "../../support/property.ts";

const policy = policyOf({ issue: { status: "latest", labels: "set" } }, [
  { match: "issues.jsonl", driver: "table", type: "issue" },
]);
const merge = (texts: Texts) => mergeTexts(mergeTable, texts, { path: "issues.jsonl", policy });
const rows = (...lines: unknown[]): string =>
  lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)) + "\n").join("");

await t.test("merges record by record, by the policy that the path names", async (t) => {
  const merged = merge({
    base: rows({ id: "a", labels: ["x"] }, { id: "b", n: 1 }, { id: "c" }),
    ours: rows({ id: "a", labels: ["x", "y"] }, { id: "b", n: 1 }, { id: "c" }, { id: "e" }),
    theirs: rows({ id: "a", labels: ["z"] }, { id: "b", n: 2 }, { id: "d" }),
  });
  t.equal(merged.kind, "merged");
  t.equal(merged.text, rows({ id: "a", labels: ["y", "z"] }, { id: "b", n: 2 }, { id: "d" }, { id: "e" }));
});

await t.test("marks only the record in conflict, with everything else of it merged", async (t) => {
  const merged = merge({
    base: rows({ id: 1, t: "a", n: 0 }, { id: 2 }),
    ours: rows({ id: 1, t: "b", n: 1 }, { id: 2 }, { id: 3 }),
    theirs: rows({ id: 1, t: "c", n: 0 }, { id: 2, x: 1 }),
  });
  t.match(merged, { kind: "conflict", conflicts: [{ at: "1.t" }] });
  t.equal(
    merged.text,
    `<<<<<<< ours\n{"id":1,"t":"b","n":1}\n=======\n{"id":1,"t":"c","n":1}\n>>>>>>> theirs\n${rows({ id: 2, x: 1 }, { id: 3 })}`,
  );
});

await t.test("leaves a record that one side removed and the other edited to a person", async (t) => {
  const merged = merge({ base: rows({ id: 1, n: 0 }), ours: rows(), theirs: rows({ id: 1, n: 1 }) });
  t.match(merged, { kind: "conflict", conflicts: [{ at: "1" }] });
  t.equal(takeSide(merged.text, "theirs"), rows({ id: 1, n: 1 }));
  t.equal(takeSide(merged.text, "ours"), "");
});

await t.test(
  "keeps duplicate ids, lines without an id and lines that are no JSON, each as often as it stood",
  async (t) => {
    const base = rows("# header", { id: 1 }, { id: 1, v: 2 }, { note: 1 }, "{torn");
    const ours = rows(
      "# header",
      { id: 1 },
      { id: 1, v: 2 },
      { id: 1, v: 3 },
      { note: 1 },
      { note: 1 },
      "{torn",
    );
    const theirs = rows("# header", { id: 1 }, { id: 1, v: 2 }, { note: 1 }, "{torn", { id: 9 });
    const merged = merge({ base, ours, theirs });
    t.equal(merged.kind, "merged");
    t.strictSame(merged.text.split("\n").sort(), (ours + rows({ id: 9 })).split("\n").sort());
  },
);

await t.test("ends a torn last line before the next one", async (t) => {
  const merged = merge({
    base: rows({ id: 1 }),
    ours: `${rows({ id: 1 })}{"id":2,"te`,
    theirs: rows({ id: 1 }, { id: 3 }),
  });
  t.ok(merged.text.split("\n").includes('{"id":2,"te'));
  t.ok(merged.text.split("\n").includes('{"id":3}'));
});

await t.test(
  "keeps ids apart that a double cannot tell apart, and number ids in numeric order",
  async (t) => {
    const big = (id: string, n: number): string => `{"id":${id},"n":${n}}`;
    const merged = merge({
      base: rows(big("12345678901234567890", 0), big("12345678901234567891", 0)),
      ours: rows(big("12345678901234567890", 1), big("12345678901234567891", 0)),
      theirs: rows(big("12345678901234567890", 0), big("12345678901234567891", 2)),
    });
    t.equal(merged.text, rows(big("12345678901234567890", 1), big("12345678901234567891", 2)));
    const sorted = merge({
      base: rows({ id: 8 }),
      ours: rows({ id: 8 }, { id: 10 }),
      theirs: rows({ id: 8 }, { id: 9 }),
    });
    t.equal(sorted.text, rows({ id: 8 }, { id: 9 }, { id: 10 }));
  },
);

await t.test("merges bytes that are not UTF-8 and keeps them", async (t) => {
  const bytes = (text: string) => Buffer.from(text, "latin1");
  const result = mergeTable(
    {
      base: bytes('{"id":1}\n'),
      ours: bytes('{"id":1}\n{"id":2,"x":"\xff"}\n'),
      theirs: bytes('{"id":1}\n{"id":3}\n'),
    },
    { path: "x", policy, markerSize: 7, labels: { base: "", ours: "", theirs: "" } },
  );
  t.equal(result.kind, "merged");
  if (result.kind === "merged")
    t.strictSame(Buffer.concat(result.chunks), bytes('{"id":1}\n{"id":2,"x":"\xff"}\n{"id":3}\n'));
});

await t.test(
  "leaves a doubled record to a person when each side removed the copy that the other kept",
  async (t) => {
    const [first, second] = [
      { id: 1, v: "a" },
      { id: 1, v: "b" },
    ];
    const merged = merge({
      base: rows(first, second, { id: 2 }),
      ours: rows(first, { id: 2 }),
      theirs: rows(second, { id: 2 }),
    });
    t.match(merged, { kind: "conflict", conflicts: [{ at: "1" }] });
    t.equal(takeSide(merged.text, "ours"), rows(first, { id: 2 }));
    t.equal(takeSide(merged.text, "theirs"), rows(second, { id: 2 }));
  },
);

await t.test("an empty string is an id like any other", async (t) => {
  const merged = merge({
    base: rows({ id: "", a: 0, b: 0 }),
    ours: rows({ id: "", a: 1, b: 0 }),
    theirs: rows({ id: "", a: 0, b: 1 }),
  });
  t.equal(merged.text, rows({ id: "", a: 1, b: 1 }));
});

await t.test("leaves no half of a line break where the last one is taken off", async (t) => {
  const merged = merge({ base: "# a\n{}\r\n", ours: "# a\n{}\r\n# b\r\n", theirs: "# a\n{}" });
  t.notMatch(merged.text, /\r(?!\n)/);
});

await t.test("a side that added an empty file adds nothing", async (t) => {
  const texts = { base: "", ours: rows({ id: 1 }), theirs: "" };
  t.equal(merge(texts).text, texts.ours);
  t.equal(mergeTexts(mergeEntity, { base: null, ours: "", theirs: "{" }).text, "{");
});

await t.test("versions without line breaks leave the base's kind of them", async (t) => {
  const merged = merge({ base: '{"id":1,"n":0}\r\n', ours: '{"id":1,"n":1}', theirs: '{"id":1,"n":2}' });
  t.equal(merged.text, '<<<<<<< ours\r\n{"id":1,"n":1}\r\n=======\r\n{"id":1,"n":2}\r\n>>>>>>> theirs\r\n');
});

const line = fc.oneof(
  fc
    .record({ id: fc.integer({ min: 0, max: 6 }), n: fc.integer({ min: 0, max: 2 }) })
    .map((row) => JSON.stringify(row)),
  fc.constantFrom("{}", '{"x":1}', "# text", "", "{torn", '{"id":null}', '{"id":"__proto__","n":1}'),
);
const lines = fc.array(line, { maxLength: 8 });
const three = lines.chain((base) => fc.tuple(fc.constant(base), edits(base), edits(base)));

function edits(base: string[]): fc.Arbitrary<string[]> {
  return fc
    .tuple(fc.tuple(...base.map(() => fc.integer({ min: 0, max: 9 }))), lines, fc.nat(8))
    .map(([drops, added, at]) => {
      const kept = base.filter((_, index) => drops[index] !== 0);
      return [...kept.slice(0, at), ...added.slice(0, 3), ...kept.slice(at)];
    });
}

await t.test("is symmetric, loses nothing and doubles nothing, whatever the lines", async (t) => {
  checkProperty(t, "random tables", [three, fc.constantFrom("\n", "")], ([o, a, b], end) => {
    const write = (all: string[]): string => (all.length === 0 ? "" : all.join("\n") + end);
    const texts = { base: write(o), ours: write(a), theirs: write(b) };
    const merged = merge(texts);
    const swapped = merge({ ...texts, ours: texts.theirs, theirs: texts.ours });
    if (merged.kind === "merged") {
      if (merged.text !== swapped.text) throw new Error(`${merged.text}\n--- swapped\n${swapped.text}`);
      if (merge({ base: texts.ours, ours: merged.text, theirs: texts.ours }).text !== merged.text)
        throw new Error("again");
      const present = new Set(["", ...o, ...merged.text.split("\n")]);
      const dropped = a.filter((text) => !present.has(text) && !text.startsWith('{"id"'));
      if (dropped.length > 0) throw new Error(`dropped ${dropped.join()}`);
      const broken = brokenLines(texts, merged.text).filter((problem) => problem.includes("stands"));
      if (broken.length > 0) throw new Error(`${broken.join("\n")}\n${merged.text}`);
    } else if (takeSide(merged.text, "ours") !== takeSide(swapped.text, "theirs"))
      throw new Error("mirrored conflicts differ");
  });
});
