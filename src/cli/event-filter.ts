import type { LogEvent } from "../model/event.ts";

export interface EventFilter {
  readonly agent: string | undefined;
  /** A name, or the beginning of one before a last `*`. */
  readonly event: string | undefined;
  /** `type:id`, an id, or the beginning of a reference before a last `*`. */
  readonly entity: string | undefined;
  readonly branch: string | undefined;
}

/** Tells which events somebody wants to see. */
export function eventFilter(filter: EventFilter): (event: LogEvent) => boolean {
  return (event) =>
    (filter.agent === undefined || event.agent === filter.agent) &&
    (filter.event === undefined || fits(event.event, filter.event)) &&
    (filter.branch === undefined || fits(event["branch"], filter.branch)) &&
    (filter.entity === undefined || isAbout(event, filter.entity));
}

function isAbout(event: LogEvent, entity: string): boolean {
  const ref = event["ref"] ?? event["entity"];
  if (typeof ref !== "string") return false;
  return fits(ref, entity) || (!entity.includes(":") && fits(ref.slice(ref.indexOf(":") + 1), entity));
}

function fits(text: unknown, wanted: string): boolean {
  if (typeof text !== "string") return false;
  return wanted.endsWith("*") ? text.startsWith(wanted.slice(0, -1)) : text === wanted;
}
