import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { testEnvironment } from "./sandbox.ts";
import { crashDamage, reportedIn } from "./store-crash.ts";

/** The system calls that change what is on the disk, by what strace calls them; `?`: not every system has it. */
const calls = [
  "openat",
  "write",
  "?pwrite64",
  "fsync",
  "fdatasync",
  "rename",
  "link",
  "unlink",
  "ftruncate",
  "mkdir",
] as const;

/** Most of them change nothing, or what the next one will. */
const frequent: ReadonlySet<string> = new Set(["openat", "write"]);

/** Why processes can't be stopped at their system calls here; undefined where they can. */
export function whyNoStrace(): string | undefined {
  const tried = spawnSync("strace", ["-qq", "-e", "trace=none", "true"], { encoding: "utf8" });
  const reason =
    tried.error !== undefined
      ? "strace is not installed"
      : tried.status === 0
        ? undefined
        : `strace does not work here: ${tried.stderr.trim().split("\n")[0]}`;
  if (reason !== undefined && process.env["GOT_REQUIRE_STRACE"] === "1") throw new Error(reason);
  return reason;
}

export interface KillOptions {
  /** The bundled test/scenario/store-crash-worker.ts. */
  readonly worker: string;
  /** Where the stores are made; emptied again. */
  readonly folder: string;
  readonly durability: string;
  /** Of every so many `openat` and `write` one is killed, of the others four times as many; 1 for each. */
  readonly stride: number;
  /** A work tree that a crash has left, for the worker to recover. Default: it works in an empty one. */
  readonly seed?: string;
  /** Told of each process that was killed, with what it damaged. */
  readonly onKill: (kill: {
    readonly call: string;
    readonly number: number;
    readonly damage: readonly string[];
  }) => void;
}

/**
 * Runs the worker again and again, killed (SIGKILL) at the entry of one system call after the other: for each kind the first of
 * them, the second, and so on until it comes through. After each the store is opened and examined.
 */
export async function killAtSystemCalls(options: KillOptions): Promise<void> {
  const { onKill } = options;
  const firsts = firstCalls(options);
  for (const [index, call] of calls.entries()) {
    const stride = frequent.has(call) ? options.stride : Math.ceil(options.stride / 4);
    const start = firsts.get(call.replace("?", "")) ?? 1;
    // A different remainder for each kind: a pattern in the order of calls is not always hit at the same place.
    for (let number = start + (index % stride); ; number += stride) {
      const workTree = prepare(options);
      try {
        const { stdout, signal, status } = run(options, workTree, [
          `-e`,
          `inject=${call}:signal=KILL:when=${number}`,
        ]);
        if (signal === null && status !== 0) throw new Error(`the worker ended with status ${status}`);
        if (signal === null) break;
        onKill({ call, number, damage: await crashDamage(workTree, reportedIn(stdout)) });
      } finally {
        rmSync(workTree, { recursive: true });
      }
    }
  }
}

/** For each kind of call the number of the first one behind Node's own start. A few more or less do not matter. */
function firstCalls(options: KillOptions): ReadonlyMap<string, number> {
  const workTree = prepare(options);
  const trace = path.join(options.folder, "trace");
  try {
    const done = run(options, workTree, ["-o", trace, "-e", `trace=${calls.join(",")}`]);
    if (done.status !== 0) throw new Error(`the worker does not come through: ${done.stderr}`);
    const lines = readFileSync(trace, "utf8").split("\n");
    const begin = lines.findIndex((line) => line.includes(`"${workTree}/`));
    const main = lines[0]?.split(" ")[0];
    const counts = new Map<string, number>();
    for (const line of lines.slice(0, begin)) {
      const [, pid, name = ""] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
      if (pid === main) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return new Map([...counts].map(([name, count]) => [name, count + 1]));
  } finally {
    rmSync(workTree, { recursive: true });
    rmSync(trace, { force: true });
  }
}

function prepare({ folder, seed }: Pick<KillOptions, "folder" | "seed">): string {
  const workTree = mkdtempSync(path.join(folder, "tree-"));
  if (seed === undefined) mkdirSync(path.join(workTree, ".git"));
  else cpSync(seed, workTree, { recursive: true });
  return workTree;
}

function run(
  { worker, durability, seed }: Pick<KillOptions, "worker" | "durability" | "seed">,
  workTree: string,
  args: readonly string[],
): {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: string | null;
} {
  const quiet = args.includes("-o") ? [] : ["-o", os.devNull];
  const what = seed === undefined ? "work" : "recover";
  // Without --seccomp-bpf, which is faster: with it strace 6.1 misses some of the calls that it should kill at.
  return spawnSync(
    "strace",
    ["-f", "-qq", ...quiet, ...args, process.execPath, worker, workTree, "0", what],
    { env: testEnvironment(workTree, { GOT_TEST_DURABILITY: durability }), encoding: "utf8" },
  );
}

/**
 * A work tree as a crash leaves it at its worst: a record of three entities of which one is in the files, behind it a torn one, a
 * draft of an entity, and git's index locked in the store's name.
 */
export function crashedTree(options: Pick<KillOptions, "worker" | "folder">): string {
  const whole = { ...options, durability: "balanced" };
  const number = folderCall(whole, "/entities/note");
  const workTree = prepare(whole);
  const { signal } = run(whole, workTree, [
    "-e",
    "trace=mkdir",
    "-e",
    `inject=mkdir:signal=KILL:when=${number}`,
  ]);
  const got = path.join(workTree, ".git", "got");
  if (!existsSync(path.join(workTree, ".git", "index.lock")))
    throw new Error(`git's index is not locked: ended by ${signal} at mkdir number ${number}`);
  appendFileSync(path.join(got, "wal", "00000001.wal"), "a torn piece of a record");
  writeFileSync(path.join(workTree, ".got", "entities", "task", ".got-0123456789abcdef.tmp"), '{"id"');
  return workTree;
}

/** Which of the worker's `mkdir` makes a folder that only its second transaction needs, behind its first entity. */
function folderCall(options: Pick<KillOptions, "worker" | "folder" | "durability">, ending: string): number {
  const trace = path.join(options.folder, "trace");
  run(options, prepare(options), ["-o", trace, "-e", "trace=mkdir"]);
  const lines = readFileSync(trace, "utf8").split("\n");
  return lines.filter((line) => line.includes(" mkdir(")).findIndex((line) => line.includes(ending)) + 1;
}
