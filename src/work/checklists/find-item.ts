import { GotError } from "../../base/errors.ts";
import { workLimits } from "../work-limits.ts";
import type { ChecklistItem, Mark, ShownItem } from "./checklist.ts";
import { itemsOf, type ListState } from "./checklists-reducer.ts";

export type FoundItem =
  | { readonly kind: "found"; readonly item: ShownItem }
  | { readonly kind: "removed"; readonly id: string; readonly text: string; readonly removed: Mark };

/**
 * Finds the item that a word means: its number as shown now, its id, or as much of the id as no other one begins with. Ids begin with a letter, so
 * that no number is one.
 *
 * @throws GotError INVALID_ENTITY when there is none, or more than one.
 */
export function findItem(name: string, list: ListState | undefined, word: string): FoundItem {
  const shown = showItems(list);
  if (/^\d+$/.test(word)) {
    const item = shown[Number(word) - 1];
    if (item !== undefined) return { kind: "found", item };
    throw noItem(name, word, shown.length === 0 ? "it has no items" : `it has ${shown.length}`);
  }
  const wanted = word.toLowerCase();
  const matching = shown.filter(({ id }) => id.startsWith(wanted) || id.startsWith(word));
  const exact = matching.find(({ id }) => id === word);
  if (exact !== undefined) return { kind: "found", item: exact };
  const [item, ...others] = wanted === "" ? [] : matching;
  if (item !== undefined) {
    if (others.length === 0) return { kind: "found", item };
    throw new GotError(
      "INVALID_ENTITY",
      `${word} means ${matching.length} items of the checklist ${name}: ${matching.map(({ shortId }) => shortId).join(", ")}`,
      { facts: { list: name, item: word, matching: matching.length }, hint: "Write more of the id." },
    );
  }
  const gone = [...(list?.items ?? [])].filter(([id]) => wanted !== "" && id.startsWith(wanted));
  const [removed] = gone;
  if (gone.length === 1 && removed !== undefined && removed[1].removed !== null) {
    return { kind: "removed", id: removed[0], text: removed[1].text, removed: removed[1].removed };
  }
  throw noItem(name, word);
}

/** The items of a list with numbers and ids for people. */
export function showItems(list: ListState | undefined): readonly ShownItem[] {
  const items = itemsOf(list);
  const short = shortIds(items);
  return items.map((item, index) => ({
    ...item,
    number: index + 1,
    shortId: short.get(item.id) ?? item.id,
  }));
}

/** As much of each id as neither neighbour in their order begins with. */
function shortIds(items: readonly ChecklistItem[]): ReadonlyMap<string, string> {
  const ids = items.map(({ id }) => id).sort();
  return new Map(
    ids.map((id, at) => {
      const shared = Math.max(sharedLength(id, ids[at - 1]), sharedLength(id, ids[at + 1]));
      return [id, id.slice(0, Math.max(workLimits.itemIdShown, shared + 1))];
    }),
  );
}

function sharedLength(left: string, right = ""): number {
  const most = Math.min(left.length, right.length);
  let length = 0;
  while (length < most && left[length] === right[length]) length++;
  return length;
}

function noItem(name: string, word: string, but?: string): GotError {
  return new GotError(
    "INVALID_ENTITY",
    `There is no item ${word} in the checklist ${name}${but === undefined ? "" : `; ${but}`}`,
    { facts: { list: name, item: word }, hint: `See got-hooks checklist show ${name}.` },
  );
}
