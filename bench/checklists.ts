import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openLog } from "../src/log/open-log.ts";
import type { NewEvent } from "../src/log/log.ts";
import { checklistEvent } from "../src/work/checklists/checklist-event.ts";
import { checklistsReducer } from "../src/work/checklists/checklists-reducer.ts";
import { openChecklists } from "../src/work/checklists/open-checklists.ts";
import { compare } from "./support/compare.ts";
import type { Row } from "./support/row.ts";

const events = 100_000;
const lists = 200;

/** Showing a list of a long log, of whose events a quarter are about checklists. */
export async function bench(): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-bench-checklists-"));
  let serial = 0;
  const randomHex = (): string => (serial++).toString(16).padStart(16, "0");
  const log = openLog({
    workTree: folder,
    commonDir: path.join(folder, "git"),
    session: "20261121-030405-1a2b3c4d",
    agent: "bench",
    now: Date.now,
    randomHex,
  });
  try {
    log.appendMany(Array.from({ length: events }, (_, number) => eventOf(number)));
    const checklists = openChecklists({ log, exclusively: async (work) => work(), randomHex });
    const show = (): void => check(checklists.show("list-7").items.length);
    show();
    await checklists.done("list-7", "3");
    return [
      await compare({
        what: "checklist show in a log of 100,000 events",
        baseline: {
          name: "replaying them all",
          run: () => void log.replay({ ...checklistsReducer, name: "not-kept" }),
        },
        candidate: { run: show },
        rounds: 7,
        bar: 0.25,
        note: `${events / 8} items in ${lists} lists`,
      }),
    ];
  } finally {
    log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function eventOf(number: number): NewEvent {
  const list = `checklist:list-${Math.floor(number / 8) % lists}`;
  const item = `item${number - (number % 8)}`;
  const text = "What is to be done, in a line of its own";
  if (number % 8 === 0) return checklistEvent({ kind: "added", list, item, text, place: { kind: "last" } });
  if (number % 8 === 4) return checklistEvent({ kind: "done", list, item });
  return { event: "git.commit", branch: `topic/${number % 100}`, text };
}

function check(items: number): void {
  if (items === 0) throw new Error("the list is empty");
}
