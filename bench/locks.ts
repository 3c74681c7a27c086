import { mkdtempSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import os from "node:os";
import path from "node:path";
import { Mutex } from "async-mutex";
import lockfile from "proper-lockfile";
import type { Locks } from "../src/lock/lock.ts";
import { serverRows } from "./support/lock-servers.ts";
import { loadShipped } from "./support/load-shipped.ts";
import { compare } from "./support/compare.ts";
import { handOverRow, recoveryRow } from "./support/lock-processes.ts";
import type { Bench, Row } from "./support/row.ts";

const self = { pid: process.pid, host: hostname() };
/** Acquire and release, this often per measurement. */
const batch = 200;

/** Locks beside what people use otherwise: proper-lockfile, async-mutex, one round trip to the server. */
export const bench: Bench = async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-bench-locks-"));
  try {
    const shipped = await loadShipped(folder);
    return [
      await fileRow(folder, shipped),
      await queueRow(shipped),
      await memoryRow(shipped),
      ...(await serverRows()),
      await recoveryRow(path.join(folder, "recovery")),
      await handOverRow(path.join(folder, "hand-over")),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

type Shipped = Awaited<ReturnType<typeof loadShipped>>;

async function fileRow(folder: string, { createLocks, createFileBackend }: Shipped): Promise<Row> {
  const locks = createLocks({
    backend: createFileBackend({ directory: path.join(folder, "locks") }),
    process: self,
  });
  return compare({
    what: "file lock, uncontended acquire + release",
    baseline: {
      name: "proper-lockfile 4.1.2",
      run: async () => {
        for (let round = 0; round < batch; round += 1) {
          const release = await lockfile.lock(folder, {
            lockfilePath: path.join(folder, "bare.lock"),
            realpath: false,
          });
          await release();
        }
      },
    },
    candidate: { run: () => acquireAndRelease(locks, batch) },
    rounds: 15,
    bar: 0.6,
    note: `${batch} times each`,
  });
}

async function queueRow({ createModeQueue }: Shipped): Promise<Row> {
  const queue = createModeQueue();
  const mutex = new Mutex();
  const many = batch * 50;
  return compare({
    what: "in-process lock, acquire + release",
    baseline: {
      name: "async-mutex",
      run: async () => {
        for (let round = 0; round < many; round += 1) (await mutex.acquire())();
      },
    },
    candidate: {
      run: async () => {
        for (let round = 0; round < many; round += 1) {
          const place = queue.enter("r", "exclusive");
          await place.whenInside();
          place.leave();
        }
      },
    },
    rounds: 15,
    bar: 2,
    note: `${many} times each`,
  });
}

async function memoryRow({ createLocks, createMemoryBackend }: Shipped): Promise<Row> {
  const locks = createLocks({ backend: createMemoryBackend(self), process: self });
  const mutex = new Mutex();
  const many = batch * 10;
  return compare({
    what: "memory adapter with tokens, holders, metrics, cycles",
    baseline: {
      name: "async-mutex",
      run: async () => {
        for (let round = 0; round < many; round += 1) (await mutex.acquire())();
      },
    },
    candidate: { run: () => acquireAndRelease(locks, many) },
    rounds: 15,
    bar: null,
    note: `${many} times each; informs only`,
  });
}

async function acquireAndRelease(locks: Locks, times: number): Promise<void> {
  for (let round = 0; round < times; round += 1) {
    const outcome = await locks.acquire("bench");
    if (outcome.kind !== "granted") throw new Error(`not granted: ${outcome.kind}`);
    await outcome.grant.release();
  }
}
