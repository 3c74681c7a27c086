import { assert, date, property } from "fast-check";
import t from "tap";
import { parseStamp } from "../../../../src/merge/log/parse-stamp.ts";

const stamp = (json: string): number => parseStamp(Buffer.from(` ${json} `), 1, 1 + Buffer.byteLength(json));

void t.test("reads our own stamps as Date.parse does", async (test) => {
  const seed = 20264;
  test.comment(`seed ${seed}`);
  const dates = date({
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  });
  assert(
    property(dates, (instant) => {
      test.equal(stamp(JSON.stringify(instant)), instant.getTime());
    }),
    { seed, numRuns: 1000 },
  );
});

void t.test("reads ISO-8601 with any fraction and zone, to the microsecond", async (test) => {
  const second = Date.UTC(2026, 10, 21, 3, 4, 5);
  test.equal(stamp('"2026-11-21T03:04:05Z"'), second);
  test.equal(stamp('"2026-11-21T05:04:05.25+02:00"'), second + 250);
  test.equal(stamp('"2026-11-21T03:04:05.000125Z"'), second + 0.125);
});

void t.test("reads plain numbers as they are", async (test) => {
  test.equal(stamp("1790000000"), 1_790_000_000);
  test.equal(stamp("1790000000.5"), 1_790_000_000.5);
});

void t.test("takes nothing else for a stamp", async (test) => {
  for (const json of [
    "null",
    '""',
    '"today"',
    '"2026-11-21"',
    '"2026-13-21T00:00:00.000Z"',
    "1e99",
    "{}",
    '"2026-11-21T03:04:05"',
    "99999999999999999999",
  ]) {
    test.ok(Number.isNaN(stamp(json)), json);
  }
  test.ok(Number.isNaN(parseStamp(Buffer.from("x"), 0, 0)), "nothing at all");
});
