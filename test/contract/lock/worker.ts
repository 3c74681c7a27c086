import {
  appendFileSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { createInterface } from "node:readline";
import process from "node:process";
import { inspect } from "node:util";
import { createLocks } from "../../../src/lock/create-locks.ts";
import { openBackend } from "../../../src/lock/open-backend.ts";
import type { Grant, LockOptions } from "../../../src/lock/lock.ts";

/**
 * One process of a storm or of a script: reads commands as JSON lines, answers each with one JSON line. Bundled once per test
 * run, so that fifty of them start quickly.
 */
const locks = createLocks({
  backend: await openBackend({
    url: process.argv[2] ?? "",
    locksDirectory: process.argv[3] ?? "",
    pid: process.pid,
    host: hostname(),
  }),
  process: { pid: process.pid, host: hostname() },
});
const grants = new Map<string, Grant>();

interface Command {
  readonly do: "acquire" | "release" | "storm" | "pairs" | "block" | "nest" | "plain";
  readonly name?: string;
  readonly resources?: readonly string[];
  readonly options?: LockOptions;
  readonly storm?: Storm;
  readonly ms?: number;
  readonly counter?: string;
  readonly tokens?: string;
  readonly rounds?: number;
}

interface Storm {
  readonly resource: string;
  readonly rounds: number;
  readonly counter: string;
  readonly history: string;
  readonly options: LockOptions;
  /** Share of rounds that block the event loop for this long while holding. */
  readonly blockShare?: number;
  readonly blockMs?: number;
}

const answer = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const nowNs = (): string => process.hrtime.bigint().toString();

async function run(command: Command): Promise<unknown> {
  const name = command.name ?? "only";
  switch (command.do) {
    case "acquire": {
      const outcome = await locks.acquire(command.resources ?? [], command.options);
      if (outcome.kind === "granted") grants.set(name, outcome.grant);
      return outcome.kind === "granted"
        ? { kind: "granted", token: outcome.grant.token, atNs: nowNs() }
        : outcome;
    }
    case "release":
      return (await grants.get(name)?.release()) ?? { kind: "none" };
    case "nest": {
      const [outer = "", inner = ""] = command.resources ?? [];
      const outcome = await locks.withLock(outer, command.options ?? {}, () =>
        locks.withLock(inner, command.options ?? {}, () => Promise.resolve()),
      );
      return outcome.kind === "granted" ? outcome.value : outcome;
    }
    case "storm":
      return command.storm === undefined ? {} : await storm(command.storm);
    case "pairs":
      return await pairs(command.resources ?? [], command.ms ?? 0);
    case "plain":
      return await plain(command);
    case "block":
      block(command.ms ?? 0);
      return {};
  }
}

/** Increments the counter file `rounds` times, each under the lock and fenced by its token; writes down what happened when. */
async function storm(
  order: Storm,
): Promise<{ done: number; refused: number; fenced: number; longestMs: number; totalMs: number }> {
  let [done, refused, fenced, longestMs, totalMs] = [0, 0, 0, 0, 0];
  const note = (line: Record<string, unknown>): void =>
    appendFileSync(order.history, `${JSON.stringify(line)}\n`);
  // Connecting to a server is no part of a wait.
  await locks.try(`${order.resource}/warm-up/${process.pid}`);
  for (let round = 0; round < order.rounds; round += 1) {
    const askedNs = nowNs();
    const startMs = performance.now();
    const outcome = await locks.acquire(order.resource, order.options);
    const waitedMs = performance.now() - startMs;
    totalMs += waitedMs;
    longestMs = Math.max(longestMs, waitedMs);
    if (outcome.kind !== "granted") {
      refused += 1;
      continue;
    }
    const { grant } = outcome;
    note({ op: "acquire", token: grant.token, pid: process.pid, startNs: askedNs, endNs: nowNs() });
    if (order.blockMs !== undefined && Math.random() < (order.blockShare ?? 0)) block(order.blockMs);
    const counted = increment(order.counter, grant.token);
    if (counted) done += 1;
    else fenced += 1;
    const startNs = nowNs();
    note({ op: "releasing", token: grant.token, pid: process.pid, startNs, counted });
    const released = await grant.release();
    note({
      op: "release",
      token: grant.token,
      pid: process.pid,
      startNs,
      endNs: nowNs(),
      outcome: released.kind,
    });
  }
  return { done, refused, fenced, longestMs, totalMs };
}

/** A plain read, add and write: only a lock makes it safe. Refuses a token older than the last one it saw. */
function increment(file: string, token: number): boolean {
  const [count, last] = readFileSync(file, "utf8").split(" ").map(Number);
  if ((last ?? 0) > token) return false;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${(count ?? 0) + 1} ${token}`);
  renameSync(temporary, file);
  return true;
}

/** Increments a counter that other programs increment too; notes each token while it holds the lock. */
async function plain({
  resources = [],
  counter = "",
  tokens = "",
  rounds = 0,
}: Command): Promise<{ granted: number }> {
  let granted = 0;
  for (let round = 0; round < rounds; round += 1) {
    const outcome = await locks.withLock(resources, { timeoutMs: 120_000 }, (grant) => {
      const count = Number(readFileSync(counter, "utf8"));
      appendFileSync(tokens, `${grant.token}\n`);
      writeFileSync(`${counter}.${process.pid}`, `${count + 1}\n`);
      renameSync(`${counter}.${process.pid}`, counter);
    });
    if (outcome.kind === "granted") granted += 1;
  }
  return { granted };
}

/** Takes random pairs in either order until the time is up. */
async function pairs(
  resources: readonly string[],
  forMs: number,
): Promise<{ granted: number; other: unknown[] }> {
  const endMs = performance.now() + forMs;
  const other: unknown[] = [];
  let granted = 0;
  while (performance.now() < endMs) {
    const pair = resources.toSorted(() => Math.random() - 0.5).slice(0, 2);
    const outcome = await locks.withLock(pair, { timeoutMs: 20_000 }, () => Promise.resolve());
    if (outcome.kind === "granted") granted += 1;
    else other.push(outcome);
  }
  return { granted, other };
}

function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs) {
    // Synchronous work that never lets the event loop turn, on the disk rather than on the processor.
    const descriptor = openSync(process.execPath, "r");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
}

answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    answer(await run(JSON.parse(line)));
  } catch (error) {
    answer({
      error: inspect(error),
    });
  }
}
await locks.close();
