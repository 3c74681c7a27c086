import { eventMembers, type LogEvent } from "../../model/event.ts";
import type { Activity, EntityActivity } from "../../log/activity.ts";
import type { CompactResult } from "../../log/compact.ts";
import type { Replayed } from "../../log/reducer.ts";
import { printable } from "../printable.ts";

export function appendText(event: LogEvent): string {
  return printable(`${event.ts}  ${event.id}\n`);
}

/** One line for each event: when, who, what, and the rest as JSON. */
export function logText(events: readonly LogEvent[], matched: number): string {
  if (events.length === 0) return "No events.\n";
  const rows = events.map((event) => ({
    ts: event.ts,
    agent: oneLine(event.agent),
    name: oneLine(event.event),
    payload: payloadText(event),
  }));
  const widthOf = (texts: readonly string[]): number =>
    Math.min(
      maxColumn,
      texts.reduce((width, { length }) => Math.max(width, length), 0),
    );
  const agentWidth = widthOf(rows.map(({ agent }) => agent));
  const nameWidth = widthOf(rows.map(({ name }) => name));
  const lines = rows.map(({ ts, agent, name, payload }) =>
    `${ts}  ${agent.padEnd(agentWidth)}  ${name.padEnd(nameWidth)}  ${payload}`.trimEnd(),
  );
  const more =
    matched > events.length ? [`(the newest ${events.length} of ${matched}; --limit 0 shows all)`] : [];
  return printable(`${[...more, ...lines].join("\n")}\n`);
}

export function compactText(
  result: CompactResult & { readonly dryRun: boolean; readonly before: string },
): string {
  const files = result.removed.length + result.marked.length;
  const kept = result.kept.map(({ file, reason }) => `.got/${file} stays: ${reason}`);
  if (files === 0) return printable([`No log is older than ${result.before}.`, ...kept].join("\n"));
  const what = `${result.events} events of ${files} ${files === 1 ? "log" : "logs"}`;
  if (result.dryRun) return printable([`Would move ${what} into archives.`, ...kept].join("\n"));
  const where = result.archives.map((name) => `  .got/${name}`);
  return printable([`Moved ${what} into`, ...where, ...kept, "Commit .got as a whole."].join("\n"));
}

/** What `event replay` says, as JSON; lists rather than objects, because any text can be an event's name. */
export interface ActivityData {
  readonly events: number;
  readonly through: { readonly ts: string; readonly id: string } | null;
  /** Events that were read; the others came with a snapshot. */
  readonly read: number;
  readonly byEvent: readonly { readonly event: string; readonly count: number }[];
  readonly byAgent: readonly { readonly agent: string; readonly count: number }[];
  readonly entities: readonly ({ readonly ref: string } & EntityActivity)[];
}

export function activityData(replayed: Replayed<Activity>, type: string | undefined): ActivityData {
  const { state, events, through, read } = replayed;
  const entities = [...state.entities].filter(([ref]) => type === undefined || ref.startsWith(`${type}:`));
  return {
    events,
    through,
    read,
    byEvent: sorted(state.byEvent).map(([event, count]) => ({ event, count })),
    byAgent: sorted(state.byAgent).map(([agent, count]) => ({ agent, count })),
    entities: entities
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([ref, entity]) => ({ ref, ...entity })),
  };
}

export function replayText(data: ActivityData & { readonly commit: string | null }): string {
  const where = data.commit === null ? "" : ` at commit ${data.commit}`;
  if (data.through === null) return printable(`No events${where}.`);
  const table = (rows: readonly (readonly [string, number])[]): readonly string[] =>
    rows.map(([name, count]) => `  ${String(count).padStart(8)}  ${oneLine(name)}`);
  const entities = data.entities.map(
    ({ ref, event, ts, agent, version }) =>
      `  ${oneLine(ref)}  ${oneLine(event)}${version === null ? "" : ` (version ${version})`}  ${ts}  ${oneLine(agent)}`,
  );
  return printable(
    [
      `${data.events} events${where}, the last at ${data.through.ts}`,
      ...table(data.byEvent.map(({ event, count }) => [event, count])),
      "by",
      ...table(data.byAgent.map(({ agent, count }) => [agent, count])),
      ...(entities.length === 0 ? [] : ["entities", ...entities]),
    ].join("\n"),
  );
}

export function snapshotText(data: Pick<ActivityData, "events" | "through">): string {
  return data.through === null
    ? "No events.\n"
    : `Kept the state of ${data.events} events, to ${data.through.ts}.\n`;
}

function sorted(counts: ReadonlyMap<string, number>): readonly [string, number][] {
  return [...counts].toSorted(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
}

/** A name may be any text: it can't begin a line that looks like another event. */
function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

const maxColumn = 30;
const maxPayload = 200;
const shownElsewhere: ReadonlySet<string> = new Set([...eventMembers, "worktree"]);

function payloadText(event: LogEvent): string {
  const payload = Object.fromEntries(Object.entries(event).filter(([member]) => !shownElsewhere.has(member)));
  const text = Object.keys(payload).length === 0 ? "" : JSON.stringify(payload);
  return text.length > maxPayload ? `${text.slice(0, maxPayload)}…` : text;
}
