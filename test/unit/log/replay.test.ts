import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import t from "tap";
import { activity } from "../../../src/log/activity.ts";
import type { Reducer } from "../../../src/log/reducer.ts";
import { createLogFolder, eventLine, idsOf, logFolderAt } from "../../support/log.ts";

/** The ids in the order in which they were folded: any mistake shows. */
const order: Reducer<string[]> = {
  name: "order",
  version: 1,
  initial: () => [],
  apply: (state, event) => [...state, event.id],
};

await t.test("folds all events, or those up to a time or an event", async (t) => {
  const folder = createLogFolder(t);
  folder.write("events/a.jsonl", eventLine("1", 1) + eventLine("3", 3));
  folder.write("events/b.jsonl", eventLine("2", 2) + eventLine("2b", 2) + eventLine("4", 4));
  const log = folder.open();
  t.same(log.replay(order), {
    state: ["1", "2", "2b", "3", "4"],
    events: 5,
    through: { ts: "2026-11-21T00:00:00.004Z", id: "4" },
    read: 5,
  });
  t.same(log.replay(order, { until: { ts: "2026-11-21T00:00:00.002Z" } }).state, ["1", "2", "2b"]);
  t.same(log.replay(order, { until: { ts: "2026-11-21T00:00:00.002Z", id: "2" } }).state, ["1", "2"]);
  t.same(log.replay(order, { until: { ts: "2020-01-01T00:00:00.000Z" } }), {
    state: [],
    events: 0,
    through: null,
    read: 0,
  });
});

await t.test("after a snapshot only what is new is read, and the result is the same", async (t) => {
  const folder = createLogFolder(t);
  const log = folder.open();
  for (let count = 0; count < 50; count++) log.append({ event: "old" });
  t.equal(log.snapshot(order).events, 50);
  t.match(log.replay(order), { events: 50, read: 0 });
  log.append({ event: "new" });
  folder.open({ session: "other" }).append({ event: "new" });
  t.match(log.replay(order), { events: 52, read: 2, state: await idsOf(log) });
  const until = { ts: log.replay(order).through?.ts ?? "" };
  t.match(log.replay(order, { until }), { events: 52, read: 2 });
  t.match(
    log.replay(order, { until: { ts: "2026-11-21T00:00:00.009Z" } }),
    { events: 10, read: 10 },
    "a time before the snapshot",
  );
  t.equal(log.replay({ ...order, version: 2 }).read, 52, "another version of the reducer");
});

await t.test("a broken snapshot is passed over and made again", async (t) => {
  const folder = createLogFolder(t);
  const log = folder.open();
  log.append({ event: "a" });
  log.snapshot(order);
  const cache = path.join(folder.commonDir, "got", "cache");
  const [name = ""] = readdirSync(cache);
  const file = path.join(cache, name);
  const bytes = readFileSync(file);
  for (const broken of [bytes.subarray(0, 100), Buffer.alloc(0), Buffer.from(bytes).fill("x", 300, 310)]) {
    writeFileSync(file, broken);
    t.match(log.replay(order), { events: 1, read: 1 });
  }
  log.snapshot(order);
  t.equal(log.replay(order).read, 0);
});

await t.test(
  "late, repeated, changed and vanished events: always what a replay from the beginning gives",
  async (t) => {
    const root = mkdtempSync(path.join(os.tmpdir(), "got-replay-"));
    t.teardown(() => rmSync(root, { recursive: true, force: true }));
    const seed = Number(process.env["GOT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    t.comment(`seed ${seed}`);
    const step = fc.record({
      do: fc.constantFrom(
        "append",
        "append",
        "late",
        "again",
        "replace",
        "remove",
        "torn",
        "compact",
        "snapshot",
        "snapshot",
      ),
      file: fc.integer({ min: 0, max: 2 }),
    });
    let runs = 0;
    let saved = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 25 }), (steps) => {
        const home = path.join(root, String(runs++));
        mkdirSync(home, { recursive: true });
        const folder = logFolderAt(home);
        const log = folder.open();
        let serial = 0;
        try {
          for (const one of steps) {
            const name = `events/f${one.file}.jsonl`;
            const file = path.join(folder.workTree, ".got", name);
            mkdirSync(path.dirname(file), { recursive: true });
            serial++;
            if (one.do === "append") appendFileSync(file, eventLine(`i${serial}`, serial));
            else if (one.do === "late") appendFileSync(file, eventLine(`i${serial}`, serial - 5));
            else if (one.do === "again")
              appendFileSync(file, eventLine(`i${Math.max(1, serial - 3)}`, serial));
            else if (one.do === "replace") folder.write(name, eventLine(`i${serial}`, serial));
            else if (one.do === "remove") rmSync(file, { force: true });
            else if (one.do === "torn") appendFileSync(file, '{"id":"torn');
            else if (one.do === "compact") log.compact({ beforeMs: Date.UTC(2027, 0), dryRun: false });
            else log.snapshot(order);
            const found = log.replay(order);
            const full = log.replay({ ...order, name: "none" });
            if (found.read < full.events) saved++;
            if (JSON.stringify([found.state, found.through]) !== JSON.stringify([full.state, full.through])) {
              throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(full)}`);
            }
          }
        } finally {
          folder.close();
          rmSync(home, { recursive: true, force: true });
        }
      }),
      { seed, numRuns: 100 },
    );
    t.ok(saved > 20, `${saved} replays used a snapshot`);
  },
);

await t.test("the built-in reducer counts events and knows the newest of each entity", async (t) => {
  const folder = createLogFolder(t);
  const log = folder.open();
  log.append({ event: "entity.created", ref: "task:T-1", version: 1 });
  log.append({ event: "entity.updated", ref: "task:T-1", version: 2 });
  log.append({ event: "__proto__", ref: "task:T-2" });
  log.snapshot(activity);
  const last = folder
    .open({ session: "bobs", agent: "bob" })
    .append({ event: "entity.deleted", ref: "__proto__" });
  const { state, read } = log.replay(activity);
  t.equal(read, 1);
  t.same(
    [...state.byEvent],
    [
      ["entity.created", 1],
      ["entity.updated", 1],
      ["__proto__", 1],
      ["entity.deleted", 1],
    ],
  );
  t.same(
    [...state.byAgent],
    [
      ["ada", 3],
      ["bob", 1],
    ],
  );
  t.match(state.entities.get("task:T-1"), { event: "entity.updated", version: 2, agent: "ada" });
  t.same(state.entities.get("__proto__"), {
    event: "entity.deleted",
    ts: last.ts,
    agent: "bob",
    version: null,
  });
});

await t.test("watch yields what comes in, from this process and from others, each event once", async (t) => {
  const folder = createLogFolder(t);
  const log = folder.open();
  log.append({ event: "before" });
  const end = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const event of log.watch(end.signal)) {
      seen.push(event.event);
      if (event.event === "first") {
        folder.write("events/other.jsonl", eventLine("old", -1000, { event: "brought by a merge" }));
        log.compact({ beforeMs: Date.UTC(2027, 0), dryRun: false });
        log.append({ event: "last" });
      }
      if (seen.length === 3) end.abort();
    }
  })();
  log.append({ event: "first" });
  await watching;
  t.same(seen.toSorted(), ["brought by a merge", "first", "last"]);
});
