import fc from "fast-check";
import t from "tap";
import { bytesInput } from "../../../src/log/log-input.ts";
import { newestEvents } from "../../../src/log/newest-events.ts";
import { readEvents } from "../../../src/log/read-events.ts";
import { eventLine } from "../../support/log.ts";
import { checkProperty } from "../../support/property.ts";

const ignored = { onEvent: () => {}, onProblem: () => {} };

await t.test("the newest that match are those that reading everything would have found last", (t) => {
  // Few ids and stamps, so that copies, ties and ids that come again later are common.
  const line = fc.record({
    id: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"),
    ms: fc.nat(12),
    agent: fc.constantFrom("ada", "bob"),
  });
  const files = fc.array(fc.array(line, { maxLength: 12 }), { maxLength: 4 });
  const since = fc.option(fc.record({ ms: fc.nat(12), id: fc.constantFrom("", "c", "h") }));
  checkProperty(
    t,
    "newestEvents",
    [files, fc.integer({ min: 1, max: 6 }), since, fc.nat(12)],
    (drawn, count, from, to) => {
      const inputs = drawn.map((lines, number) =>
        bytesInput(
          `events/${number}.jsonl`,
          Buffer.from(lines.map(({ id, ms, agent }) => eventLine(id, ms, { agent })).join("")),
        ),
      );
      const range = {
        since: from === null ? undefined : { ts: stamp(from.ms), id: from.id },
        until: { ts: stamp(to) },
      };
      const isLate = (event: { ts: string; id: string }): boolean =>
        from === null || event.ts > stamp(from.ms) || (event.ts === stamp(from.ms) && event.id >= from.id);
      const wanted = [...readEvents(inputs, { until: range.until, onProblem: () => {} })].filter(
        (event) => event.agent === "ada" && isLate(event),
      );
      const found = newestEvents(inputs, {
        ...ignored,
        ...range,
        count,
        matches: ({ agent }) => agent === "ada",
      });
      t.same(found.events, wanted.slice(-count));
      if (found.isAll) t.ok(wanted.length <= count);
      return true;
    },
  );
  t.end();
});

await t.test("what is broken is reported once, however often the search begins again", (t) => {
  const lines = Array.from({ length: 500 }, (_, number) =>
    eventLine(`e${number}`, number, { agent: number === 3 ? "ada" : "bob" }),
  );
  const problems: unknown[] = [];
  const found = newestEvents([bytesInput("events/a.jsonl", Buffer.from(`{"id":\n${lines.join("")}`))], {
    count: 2,
    matches: ({ agent }) => agent === "ada",
    onEvent: () => {},
    onProblem: (problem) => problems.push(problem),
  });
  t.match(found, { events: [{ id: "e3" }], isAll: true });
  t.match(problems, [{ line: 1 }]);
  t.equal(problems.length, 1);
  t.end();
});

function stamp(ms: number): string {
  return new Date(Date.UTC(2026, 10, 21) + ms).toISOString();
}
