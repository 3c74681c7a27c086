import { checklistsReducer, itemsOf } from "../../src/work/checklists/checklists-reducer.ts";
import type { ChecklistItem } from "../../src/work/checklists/checklist.ts";
import { openChecklists, type OpenChecklists } from "../../src/work/checklists/open-checklists.ts";
import type { Log } from "../../src/log/log.ts";
import type { LogEvent } from "../../src/model/event.ts";

/** Checklists of a log that only this process uses; ids are numbered, so that a seed gives the same ones. */
export function checklistsOf(log: Log, serial: { next: number } = { next: 0 }): OpenChecklists {
  return openChecklists({
    log,
    exclusively: async (work) => work(),
    randomHex: () => `random ${serial.next++}`,
  });
}

/** What some events amount to, read one after the other. */
export function itemsAfter(events: readonly LogEvent[], list = "checklist:l"): readonly ChecklistItem[] {
  const state = events.reduce(checklistsReducer.apply, checklistsReducer.initial());
  return itemsOf(state.get(list));
}
