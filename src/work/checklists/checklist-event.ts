import type { NewEvent } from "../../log/log.ts";
import type { LogEvent } from "../../model/event.ts";
import type { Place } from "./checklist.ts";

/** What can happen to an item. */
export type ItemChange =
  | { readonly kind: "added"; readonly text: string; readonly place: Place }
  | { readonly kind: "changed"; readonly text: string }
  | { readonly kind: "moved"; readonly place: Place }
  | { readonly kind: "done" }
  | { readonly kind: "reopened" }
  | { readonly kind: "removed" };

/** The same with the item and the list that it is about. */
export type ChecklistChange = ItemChange & { readonly list: string; readonly item: string };

const prefix = "checklist.item_";

/** The event of a change; `checklist.item_added` and its like. */
export function checklistEvent(change: ChecklistChange): NewEvent {
  const { list, item, kind } = change;
  return {
    event: prefix + kind,
    list,
    item,
    ...("text" in change ? { text: change.text } : {}),
    ...("place" in change ? placeMember(change.place) : {}),
  };
}

/** Reads an event back; null for what says nothing about a checklist, or not in full. */
export function parseChecklistEvent(event: LogEvent): ChecklistChange | null {
  // Most events of a log are others'.
  if (!event.event.startsWith(prefix)) return null;
  const { list, item, text } = event;
  if (typeof list !== "string" || typeof item !== "string" || list === "" || item === "") return null;
  const kind = event.event.slice(prefix.length);
  switch (kind) {
    case "added":
      return typeof text === "string" ? { kind, list, item, text, place: parsePlace(event) } : null;
    case "changed":
      return typeof text === "string" ? { kind, list, item, text } : null;
    case "moved":
      return { kind, list, item, place: parsePlace(event) };
    case "done":
    case "reopened":
    case "removed":
      return { kind, list, item };
    default:
      return null;
  }
}

function placeMember(place: Place): Readonly<Record<string, string>> {
  switch (place.kind) {
    case "first":
      return { place: "first" };
    case "last":
      return { place: "last" };
    case "after":
      return { after: place.item };
    case "before":
      return { before: place.item };
  }
}

function parsePlace({ place, after, before }: LogEvent): Place {
  if (typeof after === "string") return { kind: "after", item: after };
  if (typeof before === "string") return { kind: "before", item: before };
  return place === "first" ? { kind: "first" } : { kind: "last" };
}
