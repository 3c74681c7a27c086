import type { Checklist, ShownItem } from "../../work/checklists/checklist.ts";
import type { ItemOutcome, RemoveOutcome } from "../../work/checklists/open-checklists.ts";
import { printable } from "../printable.ts";

/** The list under a line that sums it up. */
export function checklistText({ list, items, done }: Checklist): string {
  if (items.length === 0) return printable(`The checklist ${list} has no items.\n`);
  const numberWidth = String(items.length).length;
  const idWidth = Math.max(...items.map(({ shortId }) => shortId.length));
  const lines = items.map((item) => {
    const who = item.done === null ? "" : `  (${item.done.by}, ${item.done.at})`;
    const number = String(item.number).padStart(numberWidth);
    return `  ${number}  ${box(item)} ${item.shortId.padEnd(idWidth)}  ${item.text}${who}`;
  });
  return printable(`${list}: ${done} of ${items.length} done\n${lines.join("\n")}\n`);
}

export function checklistsText(lists: readonly Checklist[]): string {
  if (lists.length === 0) return "No checklists.\n";
  const width = Math.min(40, Math.max(...lists.map(({ list }) => list.length)));
  const lines = lists.map(
    ({ list, items, done }) => `${list.padEnd(width)}  ${done} of ${items.length} done`,
  );
  return printable(`${lines.join("\n")}\n`);
}

export function addedText(items: readonly ShownItem[]): string {
  return printable(items.map((item) => `added ${itemText(item)}\n`).join(""));
}

/** What was done to which item: a number may have meant another one than the caller thought. */
export function outcomeText(word: string, { kind, item }: ItemOutcome): string {
  if (kind === "changed") return printable(`${word} ${itemText(item)}\n`);
  const since = item.done === null ? "" : `, done by ${item.done.by} at ${item.done.at}`;
  return printable(`unchanged ${itemText(item)}${since}\n`);
}

export function removedText({ kind, item, removed }: RemoveOutcome): string {
  const what = `${item.id}  ${item.text}`;
  if (kind === "changed") return printable(`removed ${what}\n`);
  return printable(`unchanged ${what}, removed by ${removed.by} at ${removed.at}\n`);
}

function itemText(item: ShownItem): string {
  return `${item.number}  ${box(item)} ${item.shortId}  ${item.text}`;
}

function box({ done }: ShownItem): string {
  return done === null ? "[ ]" : "[x]";
}
