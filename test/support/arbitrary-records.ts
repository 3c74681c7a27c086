import fc from "fast-check";

// Small entities, tables and logs whose versions often have something in common.

const stamp = fc.integer({ min: 1, max: 3 }).map((day) => `2026-01-0${day}T00:00:00.000Z`);
/** The fields of a task, beside id and type. */
export const entityFields = fc.record(
  {
    version: fc.integer({ min: 1, max: 3 }),
    updated_at: stamp,
    updated_by: fc.constantFrom("ann", "bob"),
    status: fc.constantFrom("pending", "in_progress", "closed"),
    closed_at: stamp,
    closed_by: fc.constantFrom("ann", "bob"),
    points: fc.integer({ min: 0, max: 3 }),
    tags: fc.subarray(["a", "b", "c"]),
    notes: fc.subarray(["one\n", "two\n", "three\n"]).map((lines) => lines.join("")),
    checklist: fc
      .subarray(["c1", "c2"])
      .chain((ids) =>
        fc.tuple(
          ...ids.map((id) =>
            fc.record({ id: fc.constant(id), done: fc.boolean(), text: fc.constantFrom("x", "y") }),
          ),
        ),
      ),
    priority: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ["version", "updated_at"] },
);
/** A task as JSON. */
export const taskRecord = (id: string, fields: object): string =>
  JSON.stringify({ id, type: "task", ...fields });

/** A table of tasks; an id may stand twice. */
export const taskRows = fc
  .array(fc.tuple(fc.constantFrom("1", "2", "3", "4"), entityFields), { maxLength: 6 })
  .map((list) => list.map(([id, fields]) => `${taskRecord(id, fields)}\n`).join(""));

const line = fc
  .record({
    id: fc.constantFrom("e1", "e2", "e3", "e4"),
    ts: stamp,
    session: fc.constantFrom("s1", "s2"),
    agent: fc.constantFrom("ann", "bob"),
    event: fc.constantFrom("note", "note", "other"),
  })
  .map((event) => JSON.stringify(event));
/** A log with lines that are no JSON. */
export const logText = fc
  .array(fc.oneof({ arbitrary: line, weight: 6 }, fc.constantFrom("torn {", "# head")), { maxLength: 8 })
  .map((lines) => lines.map((text) => `${text}\n`).join(""));
