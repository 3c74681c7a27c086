import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { openStore } from "../src/store/open-store.ts";
import type { Store } from "../src/store/store.ts";
import { compare } from "./support/compare.ts";
import type { Bench, Row } from "./support/row.ts";

const root = path.resolve(import.meta.dirname, "..");

/** The entity store beside doing the same by hand. */
export const bench: Bench = async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-bench-store-"));
  try {
    return [
      await oneWriter(path.join(folder, "one")),
      await bareCommit(path.join(folder, "bare")),
      await eightProcesses(path.join(folder, "eight")),
      await fiftyProcesses(path.join(folder, "fifty")),
      ...(await manyEntities(path.join(folder, "many"))),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

function open(folder: string): Promise<Store> {
  const gitDir = path.join(folder, ".git");
  mkdirSync(gitDir, { recursive: true });
  return openStore({ workTree: folder, gitDir, commonDir: gitDir, agent: "bench" });
}

const batch = 100;

/** Replaces a file `batch` times, each time through a draft. */
function replaceByHand(folder: string, settle: (draft: number, text: string) => void): void {
  for (let number = 0; number < batch; number++) {
    const text = `${JSON.stringify({ id: "T-1", type: "task", version: number, title: "x".repeat(200) }, null, 2)}\n`;
    const descriptor = openSync(path.join(folder, "draft"), "w");
    writeSync(descriptor, text);
    settle(descriptor, text);
    closeSync(descriptor);
    renameSync(path.join(folder, "draft"), path.join(folder, "T-1.json"));
  }
}

/** What any write-ahead log costs on this disk, without a lock, a check or a line of ours: the least that a commit can take. */
async function bareCommit(folder: string): Promise<Row> {
  mkdirSync(folder, { recursive: true });
  const log = openSync(path.join(folder, "log"), "a");
  try {
    return await compare({
      what: `store: bare I/O of ${batch} commits: append, fdatasync, write, rename`,
      baseline: { name: "write, fsync, rename by hand", run: () => replaceByHand(folder, fsyncSync) },
      candidate: {
        run: () =>
          replaceByHand(folder, (_, text) => {
            // The record holds the text before and after.
            writeSync(log, text + text);
            fdatasyncSync(log);
          }),
      },
      rounds: 9,
      bar: null,
    });
  } finally {
    closeSync(log);
  }
}

async function oneWriter(folder: string): Promise<Row> {
  const store = await open(folder);
  let number = 0;
  const byHand = (): void => replaceByHand(folder, fsyncSync);
  const row = await compare({
    what: `store: ${batch} transactions, one writer, balanced`,
    baseline: { name: "write, fsync, rename by hand", run: byHand },
    candidate: {
      run: async () => {
        for (let count = 0; count < batch; count++) {
          await store.transaction((tx) =>
            tx.put({ type: "task", id: "T-1", title: "x".repeat(200), number: ++number }),
          );
        }
      },
    },
    rounds: 9,
    // At least 0.7 times as many a second.
    bar: 1 / 0.7,
  });
  await store.close();
  return row;
}

/** The same number of transactions in one process and spread over eight, each with an entity of its own. */
async function eightProcesses(folder: string): Promise<Row> {
  const total = 800;
  const worker = await bundleWorker(folder);
  const wallMs: number[][] = [[], []];
  for (let round = 0; round < 3; round++) {
    for (const [index, count] of [1, 8].entries()) {
      const target = path.join(folder, `${round}-${count}`);
      wallMs[index]?.push(
        (
          await race(
            worker,
            target,
            Array.from({ length: count }, (_, n) => ["write", `c-${n}`, String(total / count)]),
          )
        ).ms,
      );
    }
  }
  const [baselineMs = 0, measuredMs = 0] = wallMs.map(
    (times) => times.toSorted((a, b) => a - b)[1] ?? Number.NaN,
  );
  return {
    what: `store: ${total} transactions on disjoint entities, eight processes`,
    baseline: "one process",
    baselineMs,
    measuredMs,
    ratio: measuredMs / baselineMs,
    bar: 1 / 1.5,
    note: `${os.availableParallelism()} cores`,
  };
}

async function fiftyProcesses(folder: string): Promise<Row> {
  const worker = await bundleWorker(folder);
  const target = path.join(folder, "work");
  const { ms, attempts } = await race(
    worker,
    target,
    Array.from({ length: 50 }, () => ["increment", "all", "20"]),
  );
  const counted: unknown = JSON.parse(
    readFileSync(path.join(target, ".got", "entities", "counter", "all.json"), "utf8"),
  );
  const n = typeof counted === "object" && counted !== null && "n" in counted ? Number(counted.n) : 0;
  return {
    what: "store: fifty processes increment one entity 20 times each",
    baseline: "1,000 commits",
    baselineMs: ms,
    measuredMs: ms,
    ratio: 1,
    bar: null,
    limits: [
      { what: "commits attempted per success", measured: attempts / 1000, bar: 2, unit: "" },
      { what: "increments lost", measured: 1000 - n, bar: 0, unit: "" },
    ],
  };
}

async function bundleWorker(folder: string): Promise<string> {
  const outfile = path.join(folder, "worker.mjs");
  await build({
    entryPoints: [path.join(import.meta.dirname, "support", "store-worker.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    outfile,
    logLevel: "warning",
  });
  return outfile;
}

/** Starts all processes, lets them go at one moment when all are ready; wall time until the last has ended. */
async function race(
  worker: string,
  folder: string,
  calls: readonly (readonly string[])[],
): Promise<{ ms: number; attempts: number }> {
  mkdirSync(path.join(folder, ".git"), { recursive: true });
  const children = calls.map((call) =>
    spawn(process.execPath, [worker, folder, ...call], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  await Promise.all(children.map((child) => once(child, "ready")));
  const startMs = performance.now();
  const done = children.map((child) => once(child, "attempts"));
  for (const child of children) child.stdin?.write("go\n");
  let attempts = 0;
  for (const line of await Promise.all(done)) {
    const result: unknown = JSON.parse(line);
    if (typeof result === "object" && result !== null && "attempts" in result)
      attempts += Number(result.attempts);
  }
  return { ms: performance.now() - startMs, attempts };
}

function once(child: ChildProcess, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (bytes: Buffer) => {
      const line = bytes
        .toString()
        .split("\n")
        .find((one) => one.includes(word));
      if (line !== undefined) resolve(line);
    });
    child.once("exit", (code) => reject(new Error(`a worker ended with ${code}`)));
  });
}

/** 10,000 entities that git knows and the store has never written: opening, and listing. */
async function manyEntities(folder: string): Promise<readonly Row[]> {
  const entities = path.join(folder, ".got", "entities", "task");
  mkdirSync(entities, { recursive: true });
  execFileSync("git", ["init", "-q", folder]);
  for (let number = 0; number < 10_000; number++) {
    const entity = {
      id: `T-${number}`,
      type: "task",
      version: 3,
      created_at: "2026-01-01T00:00:00.000Z",
      updated_at: "2026-01-02T00:00:00.000Z",
      title: `task ${number}`,
      status: number % 3 === 0 ? "closed" : "open",
      notes: "n".repeat(300),
    };
    writeFileSync(path.join(entities, `${entity.id}.json`), `${JSON.stringify(entity, null, 2)}\n`);
  }
  const opener = path.join(folder, "open.mjs");
  await build({
    stdin: {
      contents: `import { openStore } from "./src/store/open-store.ts";
const gitDir = ${JSON.stringify(path.join(folder, ".git"))};
const store = await openStore({ workTree: ${JSON.stringify(folder)}, gitDir, commonDir: gitDir, agent: "bench" });
if ((await store.get("task:T-77")) === null) process.exitCode = 1;
await store.close();`,
      resolveDir: root,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    outfile: opener,
    logLevel: "warning",
  });
  const opened = await compare({
    what: "store: open with 10,000 entities and read one, as a process",
    baseline: { name: "node -e 0", run: () => execFileSync(process.execPath, ["-e", "0"]) },
    candidate: { run: () => execFileSync(process.execPath, [opener]) },
    rounds: 9,
    bar: 1.5,
  });
  const store = await open(folder);
  const listed = await compare({
    what: "store: list 10,000 entities",
    baseline: {
      name: "reading the files",
      run: () => readdirSync(entities).map((name) => readFileSync(path.join(entities, name))),
    },
    candidate: { run: () => store.list("task") },
    rounds: 5,
    bar: 5,
  });
  await store.close();
  return [opened, listed];
}
