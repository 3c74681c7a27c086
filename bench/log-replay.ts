import { spawnSync } from "node:child_process";
import {
  appendFileSync,
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
import { openLog } from "../src/log/open-log.ts";
import type { Log } from "../src/log/log.ts";
import type { Reducer } from "../src/log/reducer.ts";
import { compare } from "./support/compare.ts";
import type { Row } from "./support/row.ts";

const events = 1_000_000;
const newerEvents = 1000;
const appended = 20_000;
const sessions = 20;
const residentMb = 500;

/** As cheap as a reducer can be: what is measured is everything around it. */
const count: Reducer<number> = { name: "count", version: 1, initial: () => 0, apply: (state) => state + 1 };

/** Replaying a log, from the beginning and from a snapshot, and appending to one. */
export async function bench(): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-bench-replay-"));
  try {
    writeLogs(folder);
    return [await replayRow(folder), await snapshotRow(folder), await appendRow(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function replayRow(folder: string): Promise<Row> {
  const log = open(folder);
  const directory = path.join(folder, ".got", "events");
  const resident = residentOf(folder);
  const row = await compare({
    what: "replay of 1,000,000 events",
    baseline: {
      name: "reading the files and JSON.parse on each line",
      run: () => {
        let found = 0;
        for (const file of readdirSync(directory)) {
          for (const line of readFileSync(path.join(directory, file), "latin1").split("\n")) {
            if (line !== "") found += Object.hasOwn(JSON.parse(line), "id") ? 1 : 0;
          }
        }
        check(found, events);
      },
    },
    candidate: { run: () => check(log.replay(count).state, events) },
    rounds: 3,
    bar: 3,
    note: `${Math.round(sizeOf(directory) / 1e6)} MB in ${sessions} files`,
  });
  return { ...row, limits: [{ what: "resident", measured: resident, bar: residentMb, unit: "MB" }] };
}

async function snapshotRow(folder: string): Promise<Row> {
  const log = open(folder);
  log.snapshot(count);
  log.appendMany(Array.from({ length: newerEvents }, (_, number) => ({ event: "newer", number })));
  try {
    return await compare({
      what: "replay from a snapshot with 1,000 newer events",
      baseline: {
        name: "full replay",
        run: () => check(log.replay({ ...count, name: "other" }).state, events + newerEvents),
      },
      candidate: {
        run: () => {
          const { state, read } = log.replay(count);
          check(state, events + newerEvents);
          check(read, newerEvents);
        },
      },
      rounds: 5,
      bar: 0.05,
    });
  } finally {
    log.close();
  }
}

async function appendRow(folder: string): Promise<Row> {
  const place = path.join(folder, "append");
  const log = open(place);
  log.append({ event: "first", text: "of its length" });
  const line = readFileSync(path.join(place, ".got", "events", `${session}.jsonl`), "utf8");
  const bare = path.join(folder, "bare.jsonl");
  try {
    return await compare({
      what: `append (lazy) of ${appended} events, one by one`,
      baseline: {
        name: "appendFileSync of the same lines",
        run: () => {
          for (let number = 0; number < appended; number++) appendFileSync(bare, line);
        },
      },
      candidate: {
        run: () => {
          for (let number = 0; number < appended; number++)
            log.append({ event: "first", text: "of its length" });
        },
      },
      rounds: 5,
      bar: 2,
      note: "half as many events a second as bare appends is the bar",
    });
  } finally {
    log.close();
  }
}

const session = "20261121-030405-1a2b3c4d";

function open(workTree: string): Log {
  let serial = 0;
  return openLog({
    workTree,
    commonDir: path.join(workTree, "git"),
    session,
    agent: "bench",
    now: Date.now,
    randomHex: () => (serial++).toString(16).padStart(8, "0"),
  });
}

/** Twenty sessions that take turns, 200 bytes an event. */
function writeLogs(workTree: string): void {
  const directory = path.join(workTree, ".got", "events");
  mkdirSync(directory, { recursive: true });
  const files = Array.from({ length: sessions }, (_, number) => {
    const name = `20260101-000000-${number.toString(16).padStart(8, "0")}`;
    return { name, descriptor: openSync(path.join(directory, `${name}.jsonl`), "w"), text: "" };
  });
  for (let number = 0; number < events; number++) {
    const file = files[Math.floor(number / 100) % sessions];
    if (file === undefined) throw new Error("no such session");
    file.text += eventLine(number, file.name);
    if (file.text.length > 1e6) {
      writeSync(file.descriptor, file.text);
      file.text = "";
    }
  }
  for (const { descriptor, text } of files) {
    writeSync(descriptor, text);
    closeSync(descriptor);
  }
}

function eventLine(number: number, name: string): string {
  const ts = new Date(Date.UTC(2026, 0, 1) + number * 37).toISOString();
  const sha =
    (Math.imul(number, 0x9e37_79b1) >>> 0).toString(16).padStart(8, "0") +
    number.toString(16).padStart(32, "0");
  return `{"id":"git.commit:${sha}","ts":"${ts}","session":"${name}","agent":"agent-${number % 7}","event":"git.commit","branch":"topic/${number % 100}"}\n`;
}

function sizeOf(directory: string): number {
  return readdirSync(directory).reduce(
    (sum, file) => sum + readFileSync(path.join(directory, file)).length,
    0,
  );
}

/** The greatest memory that a process which does nothing else but replay has held, in MB. */
function residentOf(folder: string): number {
  const done = spawnSync(process.execPath, ["--import=tsx", import.meta.filename, folder], {
    encoding: "utf8",
    cwd: path.resolve(import.meta.dirname, ".."),
  });
  const resident = Number(done.stdout);
  if (done.status !== 0 || !(resident > 0)) throw new Error(`replay in a process of its own: ${done.stderr}`);
  return resident;
}

function check(found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} events, not ${expected}`);
}

if (process.argv[1] === import.meta.filename) {
  open(process.argv[2] ?? "").replay(count);
  process.stdout.write(String((process.resourceUsage().maxRSS * 1024) / 1e6));
}
