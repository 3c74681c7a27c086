import fc from "fast-check";
import t from "tap";
import { checkProperty } from "../../../support/property.ts";
import { formatRecord, type HolderRecord, parseRecord } from "../../../../src/lock/file/holder-record.ts";

const record: HolderRecord = {
  pid: 42,
  start: "12345",
  boot: "0b2f",
  pidns: "4026531836",
  host: "vm",
  since: "2026-11-21T03:04:05.678Z",
  agent: "ada",
  session: undefined,
  what: "git merge topic",
  mode: undefined,
  leaseMs: undefined,
};

await t.test("writes the form that docs/concurrency.md describes", async (t) => {
  t.equal(
    formatRecord(record),
    "got-lock 1\npid 42\nstart 12345\nboot 0b2f\npidns 4026531836\nhost vm\nsince 2026-11-21T03:04:05.678Z\nagent ada\nsession -\nwhat git merge topic\nend\n",
  );
});

await t.test("reads what it wrote, whatever the values hold, on one line each and in bounds", async (t) => {
  checkProperty(
    t,
    "round trip",
    [
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
    ],
    (what, leaseMs) => {
      const text = formatRecord({ ...record, what, leaseMs });
      const back = parseRecord(text);
      return (
        back?.pid === 42 &&
        back.agent === "ada" &&
        back.leaseMs === leaseMs &&
        Buffer.byteLength(text) < 1_000
      );
    },
  );
});

await t.test("takes no prefix of a record for a record", async (t) => {
  const text = formatRecord(record);
  for (let length = 0; length < text.length; length += 1)
    t.equal(parseRecord(text.slice(0, length)), undefined);
});

await t.test("ignores unknown keys, refuses other versions and records without a process", async (t) => {
  t.strictSame(parseRecord(formatRecord(record).replace("end\n", "colour red\nend\n")), record);
  t.equal(parseRecord(formatRecord(record).replace("got-lock 1", "got-lock 2")), undefined);
  for (const pid of ["0", "-1", "x", "1.5", "-"])
    t.equal(parseRecord(formatRecord(record).replace("pid 42", `pid ${pid}`)), undefined, pid);
});
