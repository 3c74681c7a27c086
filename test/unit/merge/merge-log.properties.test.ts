import {
  array,
  assert,
  boolean,
  constantFrom,
  integer,
  oneof,
  property,
  record,
  tuple,
  uint8Array,
  uniqueArray,
  type Arbitrary,
} from "fast-check";
import t from "tap";
import { mergeLogBytes } from "../../../src/merge/merge-log.ts";
import { mergeOptions } from "./merge-log-support.ts";

const seed = 20263;
const numRuns = 500;

type Log = readonly Buffer[];

/** Lines from a small pool, so that repetitions and the same line on several sides are frequent. */
const plainLine = constantFrom(
  "",
  "a",
  "b",
  "c",
  "# header",
  '{"x":1}',
  '{ "x": 1 }',
  '{"x":1,"y":2}',
  '{"y":2,"x":1}',
  '{"torn":',
).map((text) => Buffer.from(text));
const oddLine = uint8Array({ maxLength: 6 }).map((bytes) =>
  Buffer.from(bytes.filter((byte) => byte !== 0x0a)),
);
const eventLine = record({
  ts: integer({ min: 0, max: 9 }),
  id: constantFrom("p", "q", "r", "s"),
  n: integer({ min: 0, max: 1 }),
}).map(({ ts, id, n }) =>
  Buffer.from(`{"id":"${id}","ts":"2026-01-01T00:00:00.00${ts}Z","event":"e","n":${n}}`),
);
const ending = constantFrom("\n", "\n", "\n", "\r\n").map((text) => Buffer.from(text));
const line = (content: Arbitrary<Buffer>): Arbitrary<Buffer> =>
  tuple(content, ending).map((pieces) => Buffer.concat(pieces));
const anyLog = tuple(array(line(oneof(plainLine, oddLine, eventLine)), { maxLength: 8 }), boolean()).map(
  ([lines, isTorn]) => logBytes(lines, isTorn),
);

function logBytes(lines: Log, isTorn: boolean): Buffer {
  const bytes = Buffer.concat([...lines]);
  return isTorn && bytes.length > 1 ? bytes.subarray(0, -1) : bytes;
}

/** Null when a person has to decide. */
function merge(base: Buffer | null, ours: Buffer, theirs: Buffer): Buffer | null {
  const result = mergeLogBytes({ base, ours, theirs }, mergeOptions);
  return result.kind === "merged" ? Buffer.concat([...result.chunks]) : null;
}

/** Lines without terminators, as strings of bytes, with how often each stands there. */
function countLines(log: Buffer): Map<string, number> {
  const counts = new Map<string, number>();
  const text = log.toString("latin1");
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const each of lines) {
    const content = canonical(each.replace(/\r$/, ""));
    counts.set(content, (counts.get(content) ?? 0) + 1);
  }
  return counts;
}

/** Good enough for the pool of lines above. */
function canonical(content: string): string {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== "object" || value === null) return content;
    return JSON.stringify(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  } catch {
    return content;
  }
}

void t.test("every merge is symmetric and leaves alone what one side alone changed", async (test) => {
  test.comment(`seed ${seed}`);
  assert(
    property(anyLog, anyLog, anyLog, (base, ours, theirs) => {
      const merged = merge(base, ours, theirs);
      const swapped = merge(base, theirs, ours);
      test.same(merged, swapped, "swapping sides changes no byte");
      test.same(merge(base, ours, ours), ours, "both sides alike");
      test.same(merge(base, base, theirs), theirs, "ours unchanged");
      test.same(merge(base, ours, base), ours, "theirs unchanged");
      if (merged !== null) test.same(merge(ours, merged, ours), merged, "merging again changes nothing");
    }),
    { seed, numRuns },
  );
});

/** Logs whose lines carry no id: the plain three-way multiset. */
const idlessLog = tuple(array(line(oneof(plainLine, oddLine)), { maxLength: 8 }), boolean()).map(
  ([lines, isTorn]) => logBytes(lines, isTorn),
);

void t.test("lines without an id are a three-way multiset", async (test) => {
  test.comment(`seed ${seed}`);
  assert(
    property(idlessLog, idlessLog, idlessLog, (base, ours, theirs) => {
      const merged = merge(base, ours, theirs);
      if (merged === null) return test.fail("such logs never conflict");
      const [inBase, inOurs, inTheirs, inMerged] = [base, ours, theirs, merged].map(countLines);
      for (const content of new Set([
        ...(inOurs?.keys() ?? []),
        ...(inTheirs?.keys() ?? []),
        ...(inMerged?.keys() ?? []),
      ])) {
        const [b, o, s] = [inBase, inOurs, inTheirs].map((counts) => counts?.get(content) ?? 0);
        test.equal(
          inMerged?.get(content) ?? 0,
          expectedCount(b ?? 0, o ?? 0, s ?? 0),
          `how often ${JSON.stringify(content)}`,
        );
      }
    }),
    { seed, numRuns },
  );
});

/** The nth copy is added or removed on its own. */
function expectedCount(base: number, ours: number, theirs: number): number {
  let count = 0;
  for (let copy = 1; copy <= Math.max(ours, theirs); copy++) {
    const stays = copy <= base ? copy <= ours && copy <= theirs : true;
    if (stays) count++;
  }
  return count;
}

/** Events with different ids, in order, as clones that started from one log and never edit would append them. */
const stampedLines = uniqueArray(integer({ min: 0, max: 99 }), { maxLength: 12 });
const event = (number: number): string =>
  `{"id":"e${number}","ts":"2026-01-01T00:00:00.0${String(number % 10).padStart(2, "0")}Z","event":"e"}\n`;
const byPlace = (left: number, right: number): number =>
  (left % 10) - (right % 10) || (event(left) < event(right) ? -1 : 1);
const stampedLog = (numbers: readonly number[]): Buffer =>
  Buffer.from(numbers.toSorted(byPlace).map(event).join(""));

void t.test("clones that merge each other in any order end with the same bytes", async (test) => {
  test.comment(`seed ${seed}`);
  assert(
    property(stampedLines, stampedLines, stampedLines, stampedLines, (common, first, second, third) => {
      const base = stampedLog(common);
      const [a, b, c] = [first, second, third].map((own) => stampedLog([...new Set([...common, ...own])]));
      if (a === undefined || b === undefined || c === undefined) return;
      const ab = merge(base, a, b) ?? a;
      const abc = merge(base, ab, c);
      test.same(
        abc,
        stampedLog([...new Set([...common, ...first, ...second, ...third])]),
        "the sorted union",
      );
      test.same(merge(base, merge(base, b, c) ?? b, a), abc);
      test.same(merge(base, merge(base, c, a) ?? c, b), abc);
    }),
    { seed, numRuns: 300 },
  );
});

void t.test("removals stay removed while the other side appends", async (test) => {
  test.comment(`seed ${seed}`);
  assert(
    property(stampedLines, stampedLines, stampedLines, (common, removed, added) => {
      const gone = new Set(removed);
      const base = stampedLog(common);
      const ours = stampedLog(common.filter((number) => !gone.has(number)));
      const theirs = stampedLog([...new Set([...common, ...added])]);
      const known = new Set(common);
      const expected = [
        ...new Set([
          ...common.filter((number) => !gone.has(number)),
          ...added.filter((number) => !known.has(number)),
        ]),
      ];
      test.same(merge(base, ours, theirs), stampedLog(expected));
    }),
    { seed, numRuns: 300 },
  );
});
