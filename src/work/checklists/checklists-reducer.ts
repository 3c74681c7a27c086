import type { Reducer } from "../../log/reducer.ts";
import type { LogEvent } from "../../model/event.ts";
import type { ChecklistItem, Mark } from "./checklist.ts";
import { type ChecklistChange, parseChecklistEvent } from "./checklist-event.ts";
import { createItemOrder, type ItemOrder } from "./item-order.ts";

/**
 * All checklists of a log. A function of the set of events alone, taken in their total order: whoever has the same events has the same lists,
 * however branches were merged. What holds for each item, whatever the order in which its events came about:
 *
 * - Removed is for good: nothing that others did to it meanwhile brings it back. Its place stays, for what was put beside it.
 * - Of done and reopened the later one counts; done again keeps who was first.
 * - Of several texts and places the latest counts.
 * - What precedes the item's adding, as when a clock was wrong by more than the log follows, counts all the same, places aside.
 */
export type Checklists = ReadonlyMap<string, ListState>;

export interface ListState {
  readonly items: ReadonlyMap<string, ItemState>;
  readonly order: Pick<ItemOrder, "ids">;
}

export interface ItemState {
  /** Null until its adding is known. */
  readonly added: Mark | null;
  readonly text: string;
  readonly done: Mark | null;
  readonly removed: Mark | null;
}

interface GrowingList {
  readonly items: Map<string, ItemState>;
  readonly order: ItemOrder;
}

export const checklistsReducer: Reducer<Map<string, GrowingList>> = {
  name: "checklists",
  version: 1,
  initial: () => new Map(),
  apply: (state, event) => {
    const change = parseChecklistEvent(event);
    if (change === null) return state;
    let list = state.get(change.list);
    if (list === undefined) state.set(change.list, (list = { items: new Map(), order: createItemOrder() }));
    applyChange(list, change, event);
    return state;
  },
  encode: (state) =>
    [...state].map(([name, { items, order }]) => [name, [...order.ids()].map((id) => [id, items.get(id)])]),
  decode: (value) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `encode` has made
    const lists = value as [string, [string, ItemState][]][];
    return new Map(
      lists.map(([name, entries]) => {
        const order = createItemOrder();
        for (const [id] of entries) order.put(id, { kind: "last" });
        return [name, { items: new Map(entries), order }];
      }),
    );
  },
};

function applyChange({ items, order }: GrowingList, change: ChecklistChange, event: LogEvent): void {
  const { item: id } = change;
  const mark: Mark = { by: event.agent, at: event.ts };
  let item = items.get(id);
  if (item === undefined) {
    order.put(id, { kind: "last" });
    items.set(id, (item = { added: null, text: "", done: null, removed: null }));
  }
  // Only the adding may come late: it makes known who it was.
  if (item.removed !== null && change.kind !== "added") return;
  switch (change.kind) {
    case "added":
      if (item.added !== null) return;
      if (item.removed === null) order.put(id, change.place);
      items.set(id, { ...item, added: mark, text: item.text === "" ? change.text : item.text });
      return;
    case "changed":
      items.set(id, { ...item, text: change.text });
      return;
    case "moved":
      order.put(id, change.place);
      return;
    case "done":
      if (item.done === null) items.set(id, { ...item, done: mark });
      return;
    case "reopened":
      items.set(id, { ...item, done: null });
      return;
    case "removed":
      items.set(id, { ...item, removed: mark });
      return;
  }
}

/** The items that stand in a list, in their order. */
export function itemsOf(list: ListState | undefined): readonly ChecklistItem[] {
  const found: ChecklistItem[] = [];
  for (const id of list?.order.ids() ?? []) {
    const item = list?.items.get(id);
    if (item === undefined || item.added === null || item.removed !== null) continue;
    found.push({ id, text: item.text, added: item.added, done: item.done });
  }
  return found;
}
