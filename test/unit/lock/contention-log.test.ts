import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { lockLimits } from "../../../src/lock/lock-limits.ts";
import { openContentionLog } from "../../../src/lock/metrics/contention-log.ts";
import { readContention } from "../../../src/lock/metrics/read-contention.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "got-contention-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const newDirectory = (): string => path.join(folder, String((made += 1)));
const day = (number: number): Date => new Date(Date.UTC(2026, 0, number, 12));
const wait = { kind: "wait", resource: "a", ending: "granted", ms: 2, contended: true } as const;

await t.test("adds up what several processes wrote, from a given time on", async (t) => {
  const directory = newDirectory();
  const [one, two, early] = [2, 2, 1].map((n) => openContentionLog(directory, { now: () => day(n) }));
  if (one === undefined || two === undefined || early === undefined) throw new Error("three logs");
  one.note(wait);
  one.note({ kind: "hold", resource: "a", ms: 61_000, lost: true });
  two.note({ ...wait, ending: "timedOut", ms: 1_500 });
  two.note({ ...wait, ending: "aborted", ms: 1_200 });
  two.note({ kind: "break", resource: "b" });
  early.note(wait);
  for (const log of [one, two, early]) log.flush();
  const { resources, warnings, skippedLines } = readContention(directory, day(2));
  t.match(resources, [
    {
      resource: "a",
      attempts: 3,
      granted: 1,
      contended: 3,
      timedOut: 1,
      lost: 1,
      waitMs: { count: 3, p50: 1_500, max: 1_500 },
      holdMs: { count: 1, max: 61_000 },
    },
    { resource: "b", attempts: 0, broken: 1 },
  ]);
  t.strictSame(warnings, [
    { kind: "longHold", resource: "a", count: 1, longestMs: 61_000 },
    { kind: "slowWait", resource: "a", count: 2, longestMs: 1_500 },
  ]);
  t.equal(skippedLines, 0);
  t.equal(readContention(directory, day(1)).resources[0]?.attempts, 4);
});

await t.test("a day's file and the number of days are bounded", async (t) => {
  const directory = newDirectory();
  for (let number = 1; number <= 10; number += 1) {
    const log = openContentionLog(directory, { now: () => day(number) });
    log.note(wait);
    log.flush();
  }
  writeFileSync(path.join(directory, "other.txt"), "");
  t.equal(readdirSync(directory).length, lockLimits.contentionDays + 1);
  const file = path.join(directory, "locks-2026-01-10.jsonl");
  appendFileSync(file, " ".repeat(lockLimits.contentionDayBytes - statSync(file).size - 10));
  const log = openContentionLog(directory, { now: () => day(10) });
  log.note(wait);
  log.flush();
  t.equal(statSync(file).size, lockLimits.contentionDayBytes - 10);
});

await t.test("writes by itself when many samples wait", async (t) => {
  const directory = newDirectory();
  const log = openContentionLog(directory, { now: () => day(1) });
  for (let count = 0; count < lockLimits.contentionBatch; count += 1) log.note(wait);
  t.equal(readContention(directory, day(1)).resources[0]?.attempts, lockLimits.contentionBatch);
});

await t.test("skips and counts lines that are no samples", async (t) => {
  const directory = newDirectory();
  mkdirSync(directory);
  const good = JSON.stringify({ at: day(1).toISOString(), ...wait });
  const bad = [
    "{",
    "1",
    "null",
    '{"at":1}',
    good.replace('"wait"', '"later"'),
    good.replace('"granted"', '"won"'),
    good.replace('"ms":2', '"ms":-1'),
    good.slice(0, -5),
  ];
  writeFileSync(path.join(directory, "locks-2026-01-01.jsonl"), [...bad, good].join("\n"));
  const { resources, skippedLines } = readContention(directory, day(1));
  t.equal(skippedLines, bad.length);
  t.match(resources, [{ attempts: 1 }]);
});

await t.test("no lock fails because it cannot be measured; reading says what is wrong", async (t) => {
  const directory = newDirectory();
  writeFileSync(directory, "");
  const log = openContentionLog(directory, { now: () => day(1) });
  log.note(wait);
  log.flush();
  t.throws(() => readContention(directory, day(1)), { code: "LOCK_UNAVAILABLE", facts: { directory } });
  t.strictSame(readContention(newDirectory(), day(1)).resources, [], "nothing written, nothing measured");
});
