/** One simulated agent of the demo and the field that is its own to edit; tag, counter and log are everybody's. */
export interface DemoAgent {
  readonly name: string;
  readonly field: string;
  readonly value: string | number;
  /** Seconds after the demo's epoch at which it says it worked: fixed, so that two runs of the demo can be compared. */
  readonly second: number;
}

export const demoAgents: readonly DemoAgent[] = [
  { name: "ada", field: "status", value: "in_progress", second: 1 },
  { name: "ben", field: "assignee", value: "ben", second: 2 },
  { name: "cleo", field: "priority", value: 1, second: 3 },
  { name: "dan", field: "title", value: "Merge by meaning", second: 4 },
  { name: "eve", field: "due", value: "2026-02-01", second: 5 },
];

export const demoTag = "reviewed";
export const demoCounter = "attempts";
export const taskFile = ".got/entities/task/T-1.json";
/** A log that all agents append to. */
export const logFile = ".got/events/20260101-090000-00000000.jsonl";

/** The demo's time: `second` seconds after nine o'clock on New Year's Day. */
export function demoTime(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 9, 0, second)).toISOString();
}

/** The task before anybody touched it. */
export const firstTask = {
  id: "T-1",
  type: "task",
  version: 1,
  created_at: demoTime(0),
  updated_at: demoTime(0),
  updated_by: "demo",
  title: "Merge",
  status: "pending",
  assignee: null,
  priority: 3,
  due: null,
  tags: ["core"],
  [demoCounter]: 0,
};

export function eventLine(event: { agent: string; event: string; second: number; field?: string }): string {
  const { agent, second, ...payload } = event;
  const session = "20260101-090000-00000000";
  return `${JSON.stringify({ id: `demo-${agent}`, ts: demoTime(second), session, agent, ...payload })}\n`;
}
