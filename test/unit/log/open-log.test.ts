import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import fc from "fast-check";
import t from "tap";
import { compareEvents, type LogEvent } from "../../../src/model/event.ts";
import { allEvents, createLogFolder, eventLine, idsOf } from "../../support/log.ts";

const own = "events/20261121-030405-1a2b3c4d.jsonl";

await t.test("appends events to the session's file, a line each, and reads them back in order", async (t) => {
  const folder = createLogFolder(t);
  const log = folder.open({ worktree: "main" });
  const first = log.append({ event: "task.claimed", task: "T-1" });
  const more = log.appendMany([{ event: "a" }, { event: "b", id: "mine" }]);
  t.equal(
    folder.read(own).split("\n")[0],
    `{"id":"${first.id}","ts":"2026-11-21T00:00:00.000Z","session":"20261121-030405-1a2b3c4d","agent":"ada","event":"task.claimed","worktree":"main","task":"T-1"}`,
  );
  t.equal(folder.read(own).split("\n").length, 4);
  t.equal(more[1]?.id, "mine");
  t.same(await allEvents(log), [first, ...more]);
  t.same(folder.problems, []);
});

await t.test(
  "an event is what the caller said and nothing else, whatever its members are called",
  async (t) => {
    const folder = createLogFolder(t);
    const log = folder.open();
    log.append(
      JSON.parse('{"event":"odd","__proto__":{"a":1},"7":"seven","constructor":"c","text":"a\\nb\\u2028"}'),
    );
    const [event] = await allEvents(log);
    t.same(JSON.stringify(event?.["__proto__"]), '{"a":1}');
    t.equal(event?.["7"], "seven");
    t.equal(event?.["text"], "a\nb\u2028");
    t.equal(folder.read(own).split("\n").length, 2);
    for (const bad of [
      { event: "" },
      { event: "a\nb" },
      { event: "x", id: "" },
      { event: "x", ts: "2026" },
      { event: "x", worktree: "w" },
      { event: "x", big: 1n },
    ]) {
      t.throws(() => log.append(bad), { code: "USAGE" });
    }
    t.throws(() => log.append({ event: "x", text: "y".repeat(2 ** 20) }), { code: "LIMIT_EXCEEDED" });
    t.equal(folder.read(own).split("\n").length, 2, "nothing of what was refused is written");
  },
);

await t.test("refuses names that can't be a file's or a line's", async (t) => {
  const folder = createLogFolder(t);
  for (const session of ["", "..", "a/b", "-x", ".x", "a\0", "x".repeat(300), "a.1700000000000"]) {
    t.throws(() => folder.open({ session }), { code: "USAGE" }, session);
  }
  for (const agent of ["", "a\nb", "x".repeat(300)]) {
    t.throws(() => folder.open({ agent }), { code: "USAGE" }, agent);
  }
});

await t.test("stamps never run backwards, and exceed what the log and the shared clock hold", async (t) => {
  const folder = createLogFolder(t);
  let now = Date.UTC(2026, 10, 21, 12);
  const later = 10;
  const log = folder.open({ now: () => now });
  const first = log.append({ event: "a" });
  now -= 60_000;
  const second = log.append({ event: "b" });
  t.equal(Date.parse(second.ts), Date.parse(first.ts) + 1);
  writeFileSync(path.join(folder.commonDir, "got", "clock"), `${now + 500_000}\n`);
  const third = log.append({ event: "c" });
  t.equal(Date.parse(third.ts), now + 500_001, "the clock that hooks keep");
  t.equal(readFileSync(path.join(folder.commonDir, "got", "clock"), "utf8"), `${now + 500_001}\n`);
  folder.write("events/other.jsonl", eventLine("o", 13 * 3_600_000));
  now += later;
  t.equal(log.append({ event: "d" }).ts, "2026-11-21T13:00:00.001Z", "a log that git brought");
  folder.write("events/absurd.jsonl", eventLine("x", 400 * 86_400_000));
  now += later;
  t.match(log.append({ event: "e" }).ts, /^2026-11-21T13/, "a stamp a year ahead is not followed");
  writeFileSync(path.join(folder.commonDir, "got", "clock"), "rubbish\n");
  t.match(log.append({ event: "f" }).ts, /^2026-11-21T13/, "a broken clock is passed over");
});

await t.test(
  "a writer in haste reserves stamps; another one's are later than all that were given before, and then it gives later ones",
  (t) => {
    const folder = createLogFolder(t);
    const [hasty, other] = [folder.open(), folder.open({ session: "other" })];
    const stamps: string[] = [];
    for (let round = 0; round < 5; round++) {
      for (let count = 0; count < 150; count++) stamps.push(hasty.append({ event: "a" }).ts);
      stamps.push(other.append({ event: "b" }).ts);
    }
    t.same(stamps, [...new Set(stamps)].toSorted(), "as they were given, across both");
    t.end();
  },
);

await t.test("two machines whose clocks are ten minutes apart give a causal order", async (t) => {
  const [slow, fast] = [createLogFolder(t), createLogFolder(t)];
  let realMs = Date.UTC(2026, 10, 21, 9);
  const machines = [
    { folder: slow, log: slow.open({ session: "slow", now: () => realMs - 300_000 }) },
    { folder: fast, log: fast.open({ session: "fast", now: () => realMs + 300_000 }) },
  ];
  const said: string[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const [me, other] = turn % 2 === 0 ? machines : machines.toReversed();
    if (me === undefined || other === undefined) throw new Error("there are two machines");
    said.push(me.log.append({ event: "answer", turn }).id);
    realMs += 1000;
    // The other one pulls: git puts the file in place under its name.
    const name = `events/${me.folder === slow ? "slow" : "fast"}.jsonl`;
    other.folder.write(`${name}.new`, me.folder.read(name));
    renameSync(
      path.join(other.folder.workTree, ".got", `${name}.new`),
      path.join(other.folder.workTree, ".got", name),
    );
  }
  const last = machines[1];
  if (last === undefined) throw new Error("there are two machines");
  const first = machines[0];
  t.same(await idsOf(first?.log ?? last.log), said, "every answer comes after what it answers");
});

await t.test("a torn last line is kept as a line of its own, reported, and costs nothing else", async (t) => {
  const folder = createLogFolder(t);
  const whole = eventLine("before", 0);
  folder.write(own, `${whole}{"id":"torn","ts":"2026-1`);
  const log = folder.open();
  const after = log.append({ event: "after" });
  t.same(await idsOf(log), ["before", after.id]);
  t.match(folder.problems, [{ file: own, line: 2, reason: /not valid JSON/ }]);
  t.ok(folder.read(own).startsWith(`${whole}{"id":"torn","ts":"2026-1\n{`));
  appendFileSync(path.join(folder.workTree, ".got", own), "torn by another process");
  const last = log.append({ event: "last" });
  t.same(await idsOf(log), ["before", after.id, last.id], "also while the file is open");
});

await t.test("appends where the file was replaced under it, and where it was removed", async (t) => {
  const folder = createLogFolder(t);
  let now = Date.UTC(2026, 10, 21);
  const log = folder.open({ now: () => now });
  const first = log.append({ event: "a" });
  const file = path.join(folder.workTree, ".got", own);
  writeFileSync(`${file}.new`, readFileSync(file, "utf8") + eventLine("theirs", 10));
  renameSync(`${file}.new`, file);
  now += 10;
  const second = log.append({ event: "b" });
  t.same(await idsOf(log), [first.id, "theirs", second.id]);
  rmSync(file);
  const third = log.append({ event: "c" });
  t.same(await idsOf(log), [third.id]);
});

await t.test("follows no symbolic link", async (t) => {
  const folder = createLogFolder(t);
  const outside = path.join(folder.commonDir, "outside");
  mkdirSync(outside, { recursive: true });
  folder.write("events/a.jsonl", eventLine("a", 0));
  symlinkSync(path.join(outside, "x.jsonl"), path.join(folder.workTree, ".got", own));
  t.throws(() => folder.open().append({ event: "a" }), { code: "WRITE_FAILED", message: /symbolic link/ });
  t.same(await idsOf(folder.open()), ["a"]);
  t.match(folder.problems, [{ file: own, line: null, reason: /symbolic link/ }]);
  const other = createLogFolder(t);
  symlinkSync(outside, path.join(other.workTree, ".got"));
  t.throws(() => other.open().append({ event: "a" }), { code: "UNREADABLE_INPUT" });
  await t.rejects(idsOf(other.open()), { code: "UNREADABLE_INPUT" });
});

await t.test("reports lines that are no events and reads all others", async (t) => {
  const folder = createLogFolder(t);
  folder.write(
    "events/a.jsonl",
    [
      eventLine("1", 1),
      "\n",
      "# a header\n",
      '{"mark":"compacted"}\n',
      '{"id":"x"}\n',
      '{"id":"x","ts":"yesterday","session":"s","agent":"a","event":"e"}\n',
      `${"z".repeat(3_000_000)}\n`,
      eventLine("2", 2).replace("\n", "\r\n"),
      '{"ts":"2026-11-21T00:00:00.003Z","event":"e","agent":"a","session":"s","\\u0069d":"3"}\n',
      '{"id":"4","ts":"2026-11-21T00:00:00.004Z","session":"s","agent":"a","event":"e","id":"5"}\n',
      eventLine("6", 6).trimEnd(),
    ].join(""),
  );
  t.same(await idsOf(folder.open()), ["1", "2", "3", "6"]);
  t.same(
    folder.problems.map(({ line, reason }) => `${line} ${reason}`),
    [
      "3 it is not valid JSON (torn by a crash, or edited)",
      "5 it has no ts",
      '6 its ts "yesterday" is no time stamp',
      "7 it is longer than 1048576 bytes",
      "10 its id or ts stands in it twice",
    ],
  );
});

await t.test("any events in any files in any order come out in total order, each id once", async (t) => {
  const folder = createLogFolder(t);
  const seed = Number(process.env["GOT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  t.comment(`seed ${seed}`);
  const events = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 3 })),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(events, async (drawn) => {
      rmSync(path.join(folder.workTree, ".got"), { recursive: true, force: true });
      const lines = drawn.map(([id, ts, payload]) => eventLine(`i${id}`, ts, { payload }));
      for (const file of [0, 1, 2]) {
        folder.write(`events/${file}.jsonl`, lines.filter((_, at) => at % 3 === file).join(""));
      }
      const expected = new Map<string, LogEvent>();
      for (const line of lines.toSorted()) {
        const event = JSON.parse(line) as LogEvent;
        const known = expected.get(event.id);
        if (known === undefined || compareEvents(event, known) < 0) expected.set(event.id, event);
      }
      t.same(await allEvents(folder.open()), [...expected.values()].toSorted(compareEvents));
    }),
    { seed, numRuns: 100 },
  );
});
