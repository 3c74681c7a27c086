import { eventMembers, type LogEvent } from "../../model/event.ts";
import type { CompactResult } from "../../log/compact.ts";
import { printable } from "../printable.ts";

export function appendText(event: LogEvent): string {
  return printable(`${event.ts}  ${event.id}\n`);
}

/** One line for each event: when, who, what, and the rest as JSON. */
export function logText(events: readonly LogEvent[], matched: number): string {
  if (events.length === 0) return "No events.\n";
  const agentWidth = Math.min(maxColumn, Math.max(...events.map(({ agent }) => agent.length)));
  const nameWidth = Math.min(maxColumn, Math.max(...events.map(({ event }) => event.length)));
  const lines = events.map((event) =>
    `${event.ts}  ${event.agent.padEnd(agentWidth)}  ${event.event.padEnd(nameWidth)}  ${payloadText(event)}`.trimEnd(),
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

const maxColumn = 30;
const maxPayload = 200;
const shownElsewhere: ReadonlySet<string> = new Set([...eventMembers, "worktree"]);

function payloadText(event: LogEvent): string {
  const payload = Object.fromEntries(Object.entries(event).filter(([member]) => !shownElsewhere.has(member)));
  const text = Object.keys(payload).length === 0 ? "" : JSON.stringify(payload);
  return text.length > maxPayload ? `${text.slice(0, maxPayload)}…` : text;
}
