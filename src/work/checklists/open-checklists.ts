import { GotError } from "../../base/errors.ts";
import type { NewEvent, Log, ReadOptions } from "../../log/log.ts";
import { base36Hash } from "../base36-hash.ts";
import type { Exclusively } from "../exclusively.ts";
import { workLimits } from "../work-limits.ts";
import type { Checklist, Mark, Place, ShownItem } from "./checklist.ts";
import { checklistEvent, type ItemChange } from "./checklist-event.ts";
import { checklistsReducer, type ListState } from "./checklists-reducer.ts";
import { findItem, type FoundItem, showItems } from "./find-item.ts";
import { listRef } from "./list-name.ts";

export interface OpenChecklistsOptions {
  readonly log: Log;
  /** Between looking and appending nobody else of the work tree appends to a checklist. */
  readonly exclusively: Exclusively;
  /** Sixteen or more random hexadecimal digits, for the ids of items. */
  readonly randomHex: () => string;
}

/** `unchanged`: it was so already; the item's marks say since when and by whom. */
export interface ItemOutcome {
  readonly kind: "changed" | "unchanged";
  readonly list: string;
  readonly item: ShownItem;
}

export interface RemoveOutcome {
  readonly kind: "changed" | "unchanged";
  readonly list: string;
  readonly item: Pick<ShownItem, "id" | "text">;
  readonly removed: Mark;
}

export interface AddOutcome {
  readonly list: string;
  readonly items: readonly ShownItem[];
}

/**
 * The checklists of a work tree. They are what the events of its log amount to, so every branch and clone that has the same events has the same
 * lists. A list is there as soon as it has an item. Items are named by number, id, or the beginning of the id.
 */
export interface OpenChecklists {
  /** The list as of now, or as of a place in the log; empty when nobody has added to it. */
  readonly show: (list: string, options?: ReadOptions) => Checklist;
  /** All lists that have items, by name. */
  readonly all: (options?: ReadOptions) => readonly Checklist[];
  /** Adds items in the order given, at the end or at a place. */
  readonly add: (list: string, texts: readonly string[], place?: Place) => Promise<AddOutcome>;
  /** Marks an item done. Of any number of processes in one work tree exactly one changes it. */
  readonly done: (list: string, item: string) => Promise<ItemOutcome>;
  readonly reopen: (list: string, item: string) => Promise<ItemOutcome>;
  /** Takes an item away for good. */
  readonly remove: (list: string, item: string) => Promise<RemoveOutcome>;
  readonly move: (list: string, item: string, place: Place) => Promise<ItemOutcome>;
  /** Gives an item another text. */
  readonly change: (list: string, item: string, text: string) => Promise<ItemOutcome>;
}

/**
 * Opens the checklists of an event log.
 *
 * @throws from each call GotError INVALID_ENTITY for lists and items that can't be, LIMIT_EXCEEDED, LOCK_UNAVAILABLE.
 * @example
 * const checklists = openChecklists({ log, exclusively, randomHex });
 * await checklists.add("release", ["Write the changelog", "Tag"]);
 * const { kind, item } = await checklists.done("release", "1");
 */
export function openChecklists({ log, exclusively, randomHex }: OpenChecklistsOptions): OpenChecklists {
  /** Many events to read are worth a snapshot for the next one. */
  let isWorthKeeping = false;
  const replay = (options: ReadOptions = {}): ReturnType<typeof checklistsReducer.initial> => {
    const { state, read, events } = log.replay(checklistsReducer, options);
    isWorthKeeping = read > workLimits.snapshotEvents && read > events * workLimits.snapshotPart;
    return state;
  };
  const keep = (): void => {
    if (!isWorthKeeping) return;
    isWorthKeeping = false;
    try {
      log.snapshot(checklistsReducer);
    } catch {
      // It only saves time: on a read-only or full disk the next replay takes as long as this one.
    }
  };
  const read = <Value>(
    options: ReadOptions | undefined,
    work: (state: ReturnType<typeof replay>) => Value,
  ): Value => {
    const value = work(replay(options));
    if (options?.until === undefined) keep();
    return value;
  };

  /** Looks at a list and appends what `plan` makes of it, with nobody in between; returns the list with that in it. */
  const write = async <Planned>(
    list: string,
    plan: (state: ListState | undefined) => {
      readonly planned: Planned;
      readonly events: readonly NewEvent[];
    },
  ): Promise<{ readonly planned: Planned; readonly after: ListState | undefined }> => {
    const done = await exclusively(() => {
      let state = replay();
      const { planned, events } = plan(state.get(list));
      for (const event of log.appendMany(events)) state = checklistsReducer.apply(state, event);
      return { planned, after: state.get(list) };
    });
    keep();
    return done;
  };

  const changeItem = async (
    name: string,
    word: string,
    changeOf: (item: ShownItem, state: ListState | undefined) => ItemChange | null,
  ): Promise<ItemOutcome> => {
    const list = listRef(name);
    const { planned, after } = await write(list, (state) => {
      const item = standing(list, findItem(list, state, word));
      const change = changeOf(item, state);
      return {
        planned: { item, kind: change === null ? "unchanged" : "changed" } as const,
        events: change === null ? [] : [checklistEvent({ ...change, list, item: item.id })],
      };
    });
    const item = showItems(after).find(({ id }) => id === planned.item.id) ?? planned.item;
    return { kind: planned.kind, list, item };
  };

  return {
    show: (name, options) => {
      const list = listRef(name);
      return read(options, (state) => checklist(list, state.get(list)));
    },
    all: (options) =>
      read(options, (state) =>
        [...state]
          .map(([list, items]) => checklist(list, items))
          .filter(({ items }) => items.length > 0)
          .toSorted((left, right) => (left.list < right.list ? -1 : 1)),
      ),
    add: async (name, texts, place = { kind: "last" }) => {
      const list = listRef(name);
      for (const text of texts) requireText(text);
      const { planned, after } = await write(list, (state) => {
        requireRoom(list, state, texts.length);
        let at = placeOf(list, state, place);
        const ids: string[] = [];
        const events = texts.map((text) => {
          const item = newItemId(randomHex, (id) => state?.items.has(id) === true || ids.includes(id));
          const event = checklistEvent({ kind: "added", list, item, text, place: at });
          ids.push(item);
          if (at.kind === "first" || at.kind === "after") at = { kind: "after", item };
          return event;
        });
        return { planned: new Set(ids), events };
      });
      return { list, items: showItems(after).filter(({ id }) => planned.has(id)) };
    },
    done: (list, word) => changeItem(list, word, ({ done }) => (done === null ? { kind: "done" } : null)),
    reopen: (list, word) =>
      changeItem(list, word, ({ done }) => (done === null ? null : { kind: "reopened" })),
    move: (name, word, place) =>
      changeItem(name, word, (item, state) => {
        const to = placeOf(listRef(name), state, place);
        return "item" in to && to.item === item.id ? null : { kind: "moved", place: to };
      }),
    change: (list, word, text) => {
      requireText(text);
      return changeItem(list, word, (item) => (item.text === text ? null : { kind: "changed", text }));
    },
    remove: async (name, word) => {
      const list = listRef(name);
      const { planned: found, after } = await write(list, (state) => {
        const planned = findItem(list, state, word);
        const events =
          planned.kind === "removed"
            ? []
            : [checklistEvent({ kind: "removed", list, item: planned.item.id })];
        return { planned, events };
      });
      const gone = found.kind === "removed" ? found : findItem(list, after, found.item.id);
      if (gone.kind === "found") throw new GotError("INTERNAL", `The item ${word} of ${list} is still there`);
      const { id, text, removed } = gone;
      return { kind: found.kind === "removed" ? "unchanged" : "changed", list, item: { id, text }, removed };
    },
  };
}

function checklist(list: string, state: ListState | undefined): Checklist {
  const items = showItems(state);
  return { list, items, done: items.filter(({ done }) => done !== null).length };
}

/** @throws GotError INVALID_ENTITY for an item that was removed. */
function standing(list: string, found: FoundItem): ShownItem {
  if (found.kind === "found") return found.item;
  throw new GotError(
    "INVALID_ENTITY",
    `The item ${found.id} of the checklist ${list} was removed by ${found.removed.by} at ${found.removed.at}`,
    { facts: { list, item: found.id, by: found.removed.by, at: found.removed.at }, hint: "Add it again." },
  );
}

/** The place with the id of the item that it names. */
function placeOf(list: string, state: ListState | undefined, place: Place): Place {
  if (place.kind === "first" || place.kind === "last") return place;
  return { kind: place.kind, item: standing(list, findItem(list, state, place.item)).id };
}

function requireText(text: string): void {
  const complaint =
    text.trim() === ""
      ? "it is empty"
      : /\p{Cc}/u.test(text)
        ? "it has a line break or another control character"
        : text.length > workLimits.itemTextCharacters
          ? `it is longer than ${workLimits.itemTextCharacters} characters`
          : null;
  if (complaint === null) return;
  throw new GotError(
    "USAGE",
    `${JSON.stringify(text.slice(0, 80))} can't be the text of an item: ${complaint}`,
    {
      facts: { text: text.slice(0, 80), reason: complaint },
    },
  );
}

function requireRoom(list: string, state: ListState | undefined, added: number): void {
  const items = showItems(state).length;
  if (items + added <= workLimits.checklistItems) return;
  throw new GotError(
    "LIMIT_EXCEEDED",
    `The checklist ${list} has ${items} items; ${workLimits.checklistItems} are the most, and ${added} would be added`,
    { facts: { list, items, added, limit: workLimits.checklistItems }, hint: "Begin another list." },
  );
}

/** Long enough never to be made twice, on whatever branches; begins with a letter, so that it can't be taken for a number. */
function newItemId(randomHex: () => string, isTaken: (id: string) => boolean): string {
  for (let attempt = 0; attempt < workLimits.idAttempts; attempt++) {
    const id = base36Hash(randomHex(), workLimits.itemIdCharacters);
    if (/^[a-z]/.test(id) && !isTaken(id)) return id;
  }
  throw new GotError("INTERNAL", "No new id was to be had: the source of random digits repeats itself");
}
