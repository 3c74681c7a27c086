/** A task as got-hooks writes it: pretty JSON, final newline. */
export function taskText(fields: { readonly [name: string]: unknown } = {}): string {
  const task = {
    id: "T-1",
    type: "task",
    version: 1,
    title: "Title",
    status: "pending",
    tags: ["a"],
    points: 1,
  };
  return `${JSON.stringify({ ...task, ...fields }, null, 2)}\n`;
}

/** A line of an event log; events of one log are told apart by `second`. */
export function eventLine(id: string, second: number): string {
  const ts = `2026-11-21T03:04:${String(second).padStart(2, "0")}.000Z`;
  return `${JSON.stringify({ id, ts, session: "s", agent: "ada", event: "note" })}\n`;
}
