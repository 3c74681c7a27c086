import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import t from "tap";
import { compareEvents, type LogEvent } from "../../../../src/model/event.ts";
import type { Place } from "../../../../src/work/checklists/checklist.ts";
import { checklistsReducer } from "../../../../src/work/checklists/checklists-reducer.ts";
import { checklistsOf, itemsAfter } from "../../../support/checklists.ts";
import { allEvents, logFolderAt } from "../../../support/log.ts";
import { checkOut, type Commit, mergeCommits, readTree } from "../../../support/log-history.ts";

const start = Date.UTC(2026, 10, 21);
const branch = fc.integer({ min: 0, max: 2 });
const which = fc.nat({ max: 5 });
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("work" as const),
      how: fc.constantFrom("add", "add", "done", "reopen", "remove", "change", "move"),
      branch,
      item: which,
      place: fc.constantFrom("first", "last", "after", "before"),
      beside: which,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("merge" as const), branch, from: branch }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("keep" as const),
      how: fc.constantFrom("compact", "snapshot"),
      branch,
    }),
  },
);

await t.test(
  "after any merges of three branches the lists are the same everywhere, and nobody's item is lost",
  async (t) => {
    const root = mkdtempSync(path.join(os.tmpdir(), "got-checklists-"));
    t.teardown(() => rmSync(root, { recursive: true, force: true }));
    const seed = Number(process.env["GOT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    t.comment(`seed ${seed}`);
    let runs = 0;
    let changes = 0;
    let merges = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        const home = path.join(root, String(runs++));
        const empty: Commit = { parents: [], tree: new Map() };
        const serial = { next: 0 };
        let nowMs = start;
        const branches = [0, 1, 2].map((number) => {
          mkdirSync(path.join(home, String(number)), { recursive: true });
          const folder = logFolderAt(path.join(home, String(number)));
          // The clocks of the machines are apart.
          const log = folder.open({
            session: `s${number}`,
            agent: `agent${number}`,
            now: () => nowMs - number * 35,
            randomHex: () => String(serial.next++),
          });
          return {
            folder,
            log,
            lists: checklistsOf(log, serial),
            head: empty,
            known: new Map<string, LogEvent>(),
          };
        });
        const commit = (one: (typeof branches)[number]): void => {
          one.head = { parents: [one.head], tree: readTree(one.folder.workTree) };
        };
        const merge = (one: (typeof branches)[number], from: (typeof branches)[number]): void => {
          one.head = mergeCommits(one.head, from.head);
          for (const [id, event] of from.known) one.known.set(id, event);
          checkOut(one.folder.workTree, one.head.tree);
          commit(one);
          merges++;
        };
        try {
          for (const one of steps) {
            const place = branches[one.branch];
            if (place === undefined) throw new Error("there are three branches");
            nowMs += 10;
            if (one.do === "merge") {
              const from = branches[one.from];
              if (from === undefined || from === place) continue;
              merge(place, from);
            } else if (one.do === "keep" && one.how === "snapshot") place.log.snapshot(checklistsReducer);
            else if (one.do === "keep") {
              place.log.compact({ beforeMs: nowMs - 20, dryRun: false });
              commit(place);
            } else {
              const { items } = place.lists.show("l");
              const item = items[one.item % Math.max(1, items.length)]?.id;
              const beside = items[one.beside % Math.max(1, items.length)]?.id;
              const to: Place =
                one.place === "first" || one.place === "last" || beside === undefined
                  ? { kind: "last" }
                  : { kind: one.place === "after" ? "after" : "before", item: beside };
              if (one.how === "add") await place.lists.add("l", [`text ${serial.next}`], to);
              else if (item === undefined) continue;
              else if (one.how === "move") await place.lists.move("l", item, to);
              else if (one.how === "change") await place.lists.change("l", item, `text ${serial.next++}`);
              else await place.lists[one.how]("l", item);
              changes++;
              for (const event of await allEvents(place.log)) place.known.set(event.id, event);
              commit(place);
            }
            const { items } = place.lists.show("l");
            const expected = itemsAfter([...place.known.values()].toSorted(compareEvents));
            same(
              items.map(({ id, text, added, done }) => ({ id, text, added, done })),
              expected,
              "is not what the events known here say",
            );
          }
          const [one, two, three] = branches;
          if (one === undefined || two === undefined || three === undefined)
            throw new Error("three branches");
          // Round in a ring until everybody has met everybody, in different orders.
          for (const [left, right] of [
            [one, two],
            [three, one],
            [two, three],
            [one, three],
            [three, two],
          ] as const)
            merge(left, right);
          const shown = branches.map(({ lists }) => lists.show("l"));
          same(shown[1], shown[0], "differs between branches");
          same(shown[2], shown[0], "differs between branches");
          const events = [...one.known.values()];
          const itemsOfKind = (kind: string): Set<string> =>
            new Set(
              events
                .filter(({ event }) => event === `checklist.item_${kind}`)
                .map(({ item }) => String(item)),
            );
          const expected = [...itemsOfKind("added")]
            .filter((item) => !itemsOfKind("removed").has(item))
            .toSorted((left, right) => (left < right ? -1 : 1));
          same(
            shown[0]?.items.map(({ id }) => id).toSorted(),
            expected,
            "is not what was added and not removed",
          );
        } finally {
          for (const { folder } of branches) folder.close();
          rmSync(home, { recursive: true, force: true });
        }
      }),
      { seed, numRuns: 25 },
    );
    t.ok(changes > 100 && merges > 125, `${changes} changes, ${merges} merges`);
  },
);

function same(found: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${left} ${what}: ${right}`);
}
