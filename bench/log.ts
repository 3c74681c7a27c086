import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { compare } from "./support/compare.ts";
import type { Row } from "./support/row.ts";

const root = path.resolve(import.meta.dirname, "..");
const megabyte = 1_000_000;

/** Two appends of 100 MB to a log of 200 MB, merged by the driver as git calls it, over writing the three files once. */
export async function bench(): Promise<readonly Row[]> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "got-bench-log-"));
  try {
    const files = writeLogs(directory);
    const shim = installDriver(directory);
    const row = await compare({
      what: "got-log: two 100 MB appends to a 200 MB base",
      baseline: { name: "cat of the three files to disk", run: () => cat(directory, files) },
      candidate: { run: () => merge(directory, shim) },
      rounds: 5,
      bar: 5,
      note: `${Math.round(lineBytes(files.base))} bytes a line`,
    });
    const residentMb = measureResidentMb(directory, shim);
    return [{ ...row, limits: [{ what: "resident", measured: residentMb, bar: 700, unit: "MB" }] }];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface LogFiles {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Events as hooks write them; the two sides' stamps alternate, so that the tails have to be woven line by line. */
function writeLogs(directory: string): LogFiles {
  const files = {
    base: path.join(directory, "base"),
    ours: path.join(directory, "kept"),
    theirs: path.join(directory, "theirs"),
  };
  const next = append(files.base, { first: 0, step: 1, sizeBytes: 200 * megabyte });
  copyFileSync(files.base, files.ours);
  copyFileSync(files.base, files.theirs);
  append(files.ours, { first: next, step: 2, sizeBytes: 100 * megabyte });
  append(files.theirs, { first: next + 1, step: 2, sizeBytes: 100 * megabyte });
  return files;
}

function append(file: string, lines: { first: number; step: number; sizeBytes: number }): number {
  const descriptor = openSync(file, "a");
  let number = lines.first;
  for (let written = 0; written < lines.sizeBytes;) {
    let piece = "";
    for (; piece.length < megabyte && written + piece.length < lines.sizeBytes; number += lines.step)
      piece += event(number);
    writeSync(descriptor, piece);
    written += piece.length;
  }
  closeSync(descriptor);
  return number;
}

function event(number: number): string {
  const ts = new Date(Date.UTC(2026, 0, 1) + number * 37).toISOString();
  const sha =
    (Math.imul(number, 0x9e37_79b1) >>> 0).toString(16).padStart(8, "0") +
    number.toString(16).padStart(32, "0");
  return `{"id":"git.commit:${sha}","ts":"${ts}","session":"20260101-000000-1a2b3c4d","agent":"agent-${number % 7}","event":"git.commit","branch":"topic/${number % 100}","subject":"a subject of ordinary length"}\n`;
}

/** Lays the built driver out as install does; returns the shim. */
function installDriver(directory: string): string {
  const bin = path.join(directory, "got", "bin");
  mkdirSync(bin, { recursive: true });
  copyFileSync(path.join(root, "drivers", "got-merge.sh"), path.join(bin, "got-merge"));
  for (const program of ["got-log.cjs", "got-run.cjs", "got-ahead.cjs"]) {
    copyFileSync(path.join(root, "dist", "drivers", program), path.join(bin, program));
  }
  writeFileSync(path.join(bin, "node"), `${process.execPath}\n`);
  return path.join(bin, "got-merge");
}

function cat(directory: string, files: LogFiles): void {
  const output = path.join(directory, "copy");
  rmSync(output, { force: true });
  const descriptor = openSync(output, "w");
  const run = spawnSync("cat", [files.base, files.ours, files.theirs], {
    stdio: ["ignore", descriptor, "inherit"],
  });
  closeSync(descriptor);
  if (run.status !== 0) throw new Error(`cat exited ${run.status}`);
}

/** The driver replaces ours by rename, so each round gives it a new link to the same bytes. */
function merge(directory: string, shim: string): void {
  const ours = path.join(directory, "ours");
  rmSync(ours, { force: true });
  linkSync(path.join(directory, "kept"), ours);
  execFileSync("sh", [shim, "log", "base", "ours", "theirs", "7", "events.jsonl"], {
    cwd: directory,
    stdio: "inherit",
  });
}

/** Runs the bundle itself, as the shim does, with a line that notes the greatest memory it has held. */
function measureResidentMb(directory: string, shim: string): number {
  const noted = path.join(directory, "resident");
  const note = `import { writeFileSync } from "node:fs"; process.on("exit", () => writeFileSync(${JSON.stringify(noted)}, String(process.resourceUsage().maxRSS)));`;
  const preload = `--import=data:text/javascript,${encodeURIComponent(note)}`;
  const call = [
    "base",
    "kept",
    "theirs",
    "7",
    "events.jsonl",
    "base",
    "ours",
    "theirs",
    "new",
    "got",
    "0",
    "",
  ];
  spawnSync(process.execPath, [preload, path.join(path.dirname(shim), "got-log.cjs"), ...call], {
    cwd: directory,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return (Number(readFileSync(noted, "utf8")) * 1024) / megabyte;
}

function lineBytes(file: string): number {
  const sample = readFileSync(file).subarray(0, megabyte).toString("latin1");
  return sample.length / (sample.split("\n").length - 1);
}
