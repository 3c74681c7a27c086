import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { openAllInputs } from "../src/log/all-inputs.ts";
import { newestEvents } from "../src/log/newest-events.ts";
import { readEvents } from "../src/log/read-events.ts";
import { LogTable } from "../src/cli/views/log.ts";
import { Rewrites } from "../src/log/rewrites.ts";
import { compare } from "./support/compare.ts";
import type { Row } from "./support/row.ts";

const events = 100_000;
const sessions = 20;
const shown = 50;
const spooled = 5000;

/** `got-hooks log` over 100,000 events, without the start of the process: the newest 50, one agent's newest 50, and all. */
export async function bench(): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-bench-list-"));
  try {
    writeEvents(folder);
    const baseline = {
      name: "reading the files and JSON.parse on each line",
      run: () => check(parseAll(folder), events),
    };
    const newest = (agent: string | null) => () => check(listNewest(folder, agent), shown);
    return [
      await compare({
        what: `log: the newest ${shown} of ${events} events`,
        baseline,
        candidate: { run: newest(null) },
        rounds: 5,
        bar: 2,
      }),
      await compare({
        what: `log: the newest ${shown} of one agent in ${sessions}`,
        baseline,
        candidate: { run: newest("agent-7") },
        rounds: 5,
        bar: 4,
      }),
      await compare({
        what: `log: all ${events} events as a table`,
        baseline,
        candidate: { run: () => check(listAll(folder), events) },
        rounds: 5,
        bar: 12,
        note: "each is parsed twice, for what later ones say of it",
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function listNewest(folder: string, agent: string | null): number {
  const opened = openAllInputs({ commonDir: folder, workTrees: [folder] }, () => {});
  const rewrites = new Rewrites();
  const found = newestEvents(opened.inputs, {
    count: shown,
    matches: (event) => agent === null || event.agent === agent,
    onEvent: (event) => rewrites.see(event),
    onProblem: () => {},
  });
  opened.close();
  return new LogTable({ color: false, rewrites }).lines(found.events).length;
}

function listAll(folder: string): number {
  const opened = openAllInputs({ commonDir: folder, workTrees: [folder] }, () => {});
  const rewrites = new Rewrites();
  for (const event of readEvents(opened.inputs, { onProblem: () => {} })) rewrites.see(event);
  const table = new LogTable({ color: false, rewrites });
  let lines = 0;
  for (const event of readEvents(opened.inputs, { onProblem: () => {} }))
    lines += table.line(event) === "" ? 0 : 1;
  opened.close();
  return lines;
}

function parseAll(folder: string): number {
  let found = 0;
  for (const directory of [path.join(folder, ".got", "events"), path.join(folder, "got", "spool")]) {
    for (const file of readdirSync(directory)) {
      for (const line of readFileSync(path.join(directory, file), "latin1").split("\n")) {
        if (line !== "") found += Object.hasOwn(JSON.parse(line), "id") ? 1 : 0;
      }
    }
  }
  return found;
}

/** Twenty sessions' logs, and what waits in the spool. */
function writeEvents(folder: string): void {
  const tracked = path.join(folder, ".got", "events");
  const spool = path.join(folder, "got", "spool");
  for (const directory of [tracked, spool]) mkdirSync(directory, { recursive: true });
  const perSession = (events - spooled) / sessions;
  for (let session = 0; session < sessions; session++) {
    writeLines(path.join(tracked, `session-${session}.jsonl`), perSession, (at) => at * sessions + session);
  }
  writeLines(path.join(spool, "main.jsonl"), spooled, (at) => events - spooled + at);
}

function writeLines(file: string, count: number, numberOf: (at: number) => number): void {
  const descriptor = openSync(file, "w");
  writeSync(descriptor, Array.from({ length: count }, (_, at) => eventLine(numberOf(at))).join(""));
  closeSync(descriptor);
}

function eventLine(number: number): string {
  const ts = new Date(Date.UTC(2026, 0, 1) + number * 37).toISOString();
  const oid = number.toString(16).padStart(40, "0");
  return `{"id":"git.commit:${oid}","ts":"${ts}","session":"20260101-000000-1a2b3c4d","agent":"agent-${number % sessions}","event":"git.commit","worktree":"main","branch":"topic/${number % 100}","commit":"${oid}","parents":[]}\n`;
}

function check(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`found ${found}, not ${wanted}`);
}
