import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import t from "tap";
import { compact } from "../../../src/log/compact.ts";
import { compareEvents, type LogEvent } from "../../../src/model/event.ts";
import {
  allEvents,
  createLogFolder,
  eventLine,
  idsOf,
  type LogFolder,
  logFolderAt,
} from "../../support/log.ts";
import { checkOut, type Commit, mergeCommits, readTree } from "../../support/log-history.ts";

const start = Date.UTC(2026, 10, 21);
const compactAll = (folder: LogFolder, beforeMs = Number.MAX_SAFE_INTEGER): ReturnType<typeof compact> =>
  compact({ workTree: folder.workTree, beforeMs, dryRun: false, now: () => start });

await t.test("moves old events into an archive and leaves a mark in a session's log", async (t) => {
  const folder = createLogFolder(t);
  folder.write("events/s.jsonl", eventLine("a", 1) + eventLine("b", 2));
  folder.write("events/s.0000000000009.jsonl", eventLine("c", 3));
  folder.write("events/young.jsonl", eventLine("d", 1000));
  const planned = compact({
    workTree: folder.workTree,
    beforeMs: start + 500,
    dryRun: true,
    now: () => start,
  });
  t.match(planned, {
    events: 3,
    archives: [],
    removed: ["events/s.0000000000009.jsonl"],
    marked: ["events/s.jsonl"],
  });
  t.notOk(existsSync(path.join(folder.workTree, ".got", "snapshots")), "a dry run does nothing");
  const done = compactAll(folder, start + 500);
  t.match(done, { events: 3, removed: planned.removed, marked: planned.marked, kept: [] });
  t.same(readdirSync(path.join(folder.workTree, ".got", "events")), ["s.jsonl", "young.jsonl"]);
  t.equal(
    folder.read("events/s.jsonl"),
    '{"mark":"compacted","session":"s","through":{"ts":"2026-11-21T00:00:00.002Z","id":"b"}}\n',
  );
  t.same(await idsOf(folder.open()), ["a", "b", "c", "d"]);
  t.same(folder.problems, []);
  const archive = JSON.parse(
    gunzipSync(readFileSync(path.join(folder.workTree, ".got", done.archives[0] ?? ""))).toString(),
  );
  t.match(archive, { got: "archive", version: 1, count: 3, sessions: { s: { events: 3, id: "c" } } });
  t.same(
    archive.events.map(({ id }: LogEvent) => id),
    ["a", "b", "c"],
  );
  t.same(
    compactAll(folder, start + 500),
    { events: 0, archives: [], removed: [], marked: [], kept: [] },
    "a second time changes nothing",
  );
});

await t.test("keeps every byte of an event, and every line that is none", async (t) => {
  const folder = createLogFolder(t);
  const odd =
    '{ "ts" : "2026-11-21T00:00:00.001Z","id":"n","session":"s","agent":"a","event":"e","n":1.0,"big":1e400}';
  folder.write("events/s.jsonl", `# header\n${odd}\n{"id":"torn\n`);
  folder.write("events/s.0000000000009.jsonl", `${eventLine("c", 3)}torn\n`);
  const { archives, kept } = compactAll(folder);
  t.ok(
    gunzipSync(readFileSync(path.join(folder.workTree, ".got", archives[0] ?? ""))).includes(`\n${odd}\n`),
  );
  t.match(folder.read("events/s.jsonl"), /^\{"mark".*\n# header\n\{"id":"torn\n$/);
  t.match(kept, [{ file: "events/s.0000000000009.jsonl", reason: "it holds lines that are no events" }]);
  t.same(await idsOf(folder.open()), ["n", "c"]);
});

await t.test("the same events make the same archive, byte for byte", async (t) => {
  const [one, two] = [createLogFolder(t), createLogFolder(t)];
  one.write("events/a.jsonl", eventLine("a", 1) + eventLine("b", 2));
  two.write("events/b.jsonl", eventLine("b", 2) + eventLine("a", 1));
  const [left, right] = [compactAll(one).archives, compactAll(two).archives];
  t.same(left, right);
  const [name = ""] = left;
  t.ok(
    readFileSync(path.join(one.workTree, ".got", name)).equals(
      readFileSync(path.join(two.workTree, ".got", name)),
    ),
  );
});

await t.test("a broken archive is reported, and the rest is read", async (t) => {
  const folder = createLogFolder(t);
  folder.write("events/s.jsonl", eventLine("a", 1));
  const [name = ""] = compactAll(folder).archives;
  folder.write("events/s.jsonl", eventLine("b", 2));
  const plain = gunzipSync(readFileSync(path.join(folder.workTree, ".got", name))).toString();
  folder.write(name, gzipSync(plain.replace('"id":"a"', '"id":"x"')));
  t.same(await idsOf(folder.open()), ["b"]);
  t.match(folder.problems, [{ file: name, line: null, reason: /checksum/ }]);
  folder.write(name, "no gzip");
  t.same(await idsOf(folder.open()), ["b"]);
  t.match(folder.problems[1], { file: name, reason: /not a readable gzip file/ });
  folder.write(name, gzipSync(plain.replace('"version":1', '"version":9')));
  t.same(await idsOf(folder.open()), ["b"]);
  t.match(folder.problems[2], { reason: /version 9 is not known here: upgrade/ });
});

await t.test("a session that goes on appending loses nothing to a compaction of its log", async (t) => {
  const folder = createLogFolder(t);
  const log = folder.open();
  const before = log.append({ event: "a" });
  compactAll(folder);
  const after = log.append({ event: "b" });
  t.same(await idsOf(log), [before.id, after.id]);
  t.equal(readdirSync(path.join(folder.workTree, ".got", "events")).length, 1, "no second name is left");
});

await t.test("what a killed compaction left behind is read, and tidied away by the next one", async (t) => {
  const folder = createLogFolder(t);
  folder.write("events/s.jsonl", eventLine("a", 1));
  const events = path.join(folder.workTree, ".got", "events");
  linkSync(path.join(events, "s.jsonl"), path.join(events, "s.1700000000000.jsonl"));
  rmSync(path.join(events, "s.jsonl"));
  writeFileSync(path.join(events, "s.jsonl"), eventLine("b", 2));
  t.same(await idsOf(folder.open()), ["a", "b"]);
  compactAll(folder);
  t.same(readdirSync(events), ["s.jsonl"]);
  t.same(await idsOf(folder.open()), ["a", "b"]);
});

await t.test("after any appends, compactions and merges the log is the union of all events", async (t) => {
  const root = mkdtempSync(path.join(os.tmpdir(), "got-compact-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const seed = Number(process.env["GOT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  t.comment(`seed ${seed}`);
  const branch = fc.integer({ min: 0, max: 2 });
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("append" as const),
        branch,
        session: fc.integer({ min: 0, max: 1 }),
        count: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("fold" as const),
        branch,
        session: fc.constant(0),
        count: fc.integer({ min: 1, max: 2 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("compact" as const),
        branch,
        age: fc.integer({ min: 0, max: 6 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("merge" as const), branch, from: branch }) },
  );
  let runs = 0;
  let compactions = 0;
  let merges = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
      const home = path.join(root, String(runs++));
      const empty: Commit = { parents: [], tree: new Map() };
      const branches = [0, 1, 2].map((number) => {
        mkdirSync(path.join(home, String(number)), { recursive: true });
        return {
          folder: logFolderAt(path.join(home, String(number))),
          head: empty,
          known: new Map<string, LogEvent>(),
        };
      });
      let nowMs = start;
      let serial = 0;
      try {
        for (const one of steps) {
          const place = branches[one.branch];
          if (place === undefined) throw new Error("there are three branches");
          nowMs += 10;
          if (one.do === "append") {
            // The clocks of the machines are apart.
            const log = place.folder.open({
              session: `s${one.session}`,
              now: () => nowMs - one.branch * 35,
              randomHex: () => String(serial++),
            });
            for (const event of log.appendMany(Array.from({ length: one.count }, () => ({ event: "e" }))))
              place.known.set(event.id, event);
          } else if (one.do === "fold") {
            const lines = Array.from({ length: one.count }, () => eventLine(`f${serial++}`, nowMs - start));
            place.folder.write(`events/s0.${nowMs}.jsonl`, lines.join(""));
            for (const line of lines) place.known.set(JSON.parse(line).id, JSON.parse(line));
          } else if (one.do === "compact") {
            compactions += compactAll(place.folder, nowMs - one.age * 10).events > 0 ? 1 : 0;
          } else {
            const from = branches[one.from];
            if (from === undefined || from === place) continue;
            if (from.head !== place.head) merges++;
            place.head = mergeCommits(place.head, from.head);
            for (const [id, event] of from.known) place.known.set(id, event);
            checkOut(place.folder.workTree, place.head.tree);
          }
          place.head = { parents: [place.head], tree: readTree(place.folder.workTree) };
          const expected = [...place.known.values()].toSorted(compareEvents);
          const found = await allEvents(place.folder.open());
          if (JSON.stringify(found) !== JSON.stringify(expected)) {
            throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
          }
        }
      } finally {
        for (const { folder } of branches) folder.close();
        rmSync(home, { recursive: true, force: true });
      }
    }),
    { seed, numRuns: 150 },
  );
  t.ok(compactions > 20 && merges > 50, `${compactions} compactions, ${merges} merges`);
});
