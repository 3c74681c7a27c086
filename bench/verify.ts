import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { compare } from "./support/compare.ts";
import { openWorkshop, type Workshop } from "./support/installed-repository.ts";
import type { Row } from "./support/row.ts";

const merges = 1_000;
const main = path.resolve(import.meta.dirname, "..", "dist", "cli", "main.js");

/** `got-hooks verify` of 1,000 merges in each of which both sides changed a log and an entity, over git making them again as text. */
export async function bench(): Promise<readonly Row[]> {
  const workshop = openWorkshop();
  try {
    const dir = makeHistory(workshop);
    const verify = (): number => {
      const peakFile = path.join(workshop.folder, "peak");
      const done = spawnSync(process.execPath, [...peakOf(peakFile), main, "verify", "--json"], {
        cwd: dir,
        env: workshop.env,
        encoding: "utf8",
      });
      const { data } = JSON.parse(done.stdout);
      if (data.merges !== merges || data.compared !== merges || data.losses !== 0)
        throw new Error(`verify saw something else: ${done.stdout.slice(0, 500)}${done.stderr}`);
      return Number(readFileSync(peakFile, "utf8")) / 1024;
    };
    let peakMegabytes = 0;
    const row = await compare({
      what: `verify of ${merges} merges, two files changed on both sides of each`,
      baseline: {
        name: "git log --merges --remerge-diff, which merges all of them again as text",
        run: () => workshop.run(dir, "git", ["log", "--merges", "--remerge-diff", "--format=%H", "HEAD"]),
      },
      candidate: { run: () => (peakMegabytes = Math.max(peakMegabytes, verify())) },
      rounds: 3,
      bar: 5,
    });
    const limit = { what: "memory at its peak", measured: peakMegabytes, bar: 400, unit: "MB" };
    return [{ ...row, limits: [limit] }];
  } finally {
    workshop.dispose();
  }
}

/** Arguments for Node that make it leave its peak of resident memory, in KiB, in a file when it ends. */
function peakOf(file: string): readonly string[] {
  const program = `import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`;
  return ["--import", `data:text/javascript,${encodeURIComponent(program)}`];
}

/** Writes the history through `git fast-import`: ours, theirs and their merge, again and again. */
function makeHistory(workshop: Workshop): string {
  const dir = path.join(workshop.folder, "history");
  workshop.run(workshop.folder, "git", ["init", "-q", dir]);
  const logs = Array.from({ length: 20 }, () => "");
  const points = Array.from({ length: 20 }, () => 0);
  const stream: string[] = [];
  let mark = 0;
  const commit = (parents: readonly number[], files: readonly (readonly [string, string])[]): number => {
    const [from, ...others] = parents;
    stream.push(
      `commit refs/heads/main\nmark :${++mark}\ncommitter bench <bench@example.com> ${1_700_000_000 + mark} +0000\ndata 1\nx\n`,
      from === undefined ? "" : `from :${from}\n`,
      ...others.map((parent) => `merge :${parent}\n`),
      ...files.map(([file, text]) => `M 100644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n`),
    );
    return mark;
  };
  const code = Array.from({ length: 200 }, (_, index): [string, string] => [
    `src/folder-${index % 20}/file-${index}.ts`,
    `export const value = ${index};\n`,
  ]);
  let head = commit(
    [],
    [
      ...code,
      ...logs.map((text, index) => [logFile(index), text] as const),
      ...points.map((value, index) => [taskFile(index), task(index, value, value)] as const),
    ],
  );
  for (let round = 0; round < merges; round++) {
    const index = round % 20;
    const [log = "", value = 0] = [logs[index], points[index]];
    const [a, b] = [event(`a-${round}`, round * 2), event(`b-${round}`, round * 2 + 1)];
    const ours = commit(
      [head],
      [
        [logFile(index), log + a],
        [taskFile(index), task(index, value + 1, value)],
      ],
    );
    const theirs = commit(
      [head],
      [
        [logFile(index), log + b],
        [taskFile(index), task(index, value, value + 1)],
      ],
    );
    logs[index] = log + a + b;
    points[index] = value + 1;
    head = commit(
      [ours, theirs],
      [
        [logFile(index), log + a + b],
        [taskFile(index), task(index, value + 1, value + 1)],
      ],
    );
  }
  const done = spawnSync("git", ["fast-import", "--quiet"], {
    cwd: dir,
    env: workshop.env,
    input: stream.join(""),
  });
  if (done.status !== 0) throw new Error(`git fast-import: ${done.stderr.toString()}`);
  workshop.run(dir, "git", ["repack", "-adq"]);
  return dir;
}

function logFile(index: number): string {
  return `.got/events/20261121-030405-${index.toString(16).padStart(8, "0")}.jsonl`;
}

function taskFile(index: number): string {
  return `.got/entities/task/T-${index}.json`;
}

function event(id: string, second: number): string {
  const ts = new Date(1_700_000_000_000 + second * 1000).toISOString();
  return `${JSON.stringify({ id, ts, session: "s", agent: "ada", event: "note", text: "something happened" })}\n`;
}

function task(index: number, points: number, attempts: number): string {
  const fields = {
    id: `T-${index}`,
    type: "task",
    title: "x",
    status: "pending",
    tags: ["a"],
    points,
    attempts,
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}
