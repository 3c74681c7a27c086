import { hostname } from "node:os";
import { createLocks } from "../../src/lock/create-locks.ts";
import { createFileBackend } from "../../src/lock/file/file-backend.ts";
import { runStorm } from "../../test/contract/lock/storm.ts";
import { createWorkers } from "../../test/contract/lock/worker-process.ts";
import { median } from "./compare.ts";
import type { Row } from "./row.ts";

const kills = 100;
const handOverRepeats = 5;
/** The same for few and many, so that both run code that is equally warm. */
const roundsPerProcess = 30;

/** Time from SIGKILL of the holder until a waiter has the lock. */
export async function recoveryRow(directory: string): Promise<Row> {
  const workers = await createWorkers("file", directory);
  const locks = createLocks({
    backend: createFileBackend({ directory }),
    process: { pid: process.pid, host: hostname() },
  });
  const tookMs: number[] = [];
  try {
    for (let round = 0; round < kills; round += 1) {
      const worker = await workers.start();
      await worker.send({ do: "acquire", resources: ["recovery"] });
      const waiting = locks.acquire("recovery");
      const startMs = performance.now();
      worker.signal("SIGKILL");
      const outcome = await waiting;
      tookMs.push(performance.now() - startMs);
      if (outcome.kind !== "granted") throw new Error(`not granted: ${outcome.kind}`);
      await outcome.grant.release();
    }
  } finally {
    await workers.dispose();
  }
  const p99 = tookMs.toSorted((a, b) => a - b)[Math.ceil(tookMs.length * 0.99) - 1] ?? Number.NaN;
  return {
    what: "SIGKILL of the holder until a waiter holds the lock",
    baseline: "proper-lockfile's default stale time",
    baselineMs: 10_000,
    measuredMs: median(tookMs),
    ratio: median(tookMs) / 10_000,
    bar: null,
    limits: [{ what: "p99", measured: p99, bar: 100, unit: "ms" }],
    note: `${kills} kills; the baseline is a constant of that package, not measured`,
  };
}

/** One hand-over in fair mode with fifty waiting processes, over the same with ten. */
export async function handOverRow(directory: string): Promise<Row> {
  const workers = await createWorkers("file", directory);
  const perHandOverMs = async (processes: number): Promise<number> => {
    const storm = await runStorm(workers, {
      processes,
      rounds: roundsPerProcess,
      options: { fair: true, timeoutMs: 120_000 },
      leases: false,
    });
    if (storm.complaints.length > 0 || storm.refused > 0) throw new Error(storm.complaints.join("\n"));
    return storm.spanMs / storm.begun;
  };
  const [few, many]: [number[], number[]] = [[], []];
  try {
    for (let round = 0; round < handOverRepeats; round += 1) {
      few.push(await perHandOverMs(10));
      many.push(await perHandOverMs(50));
    }
  } finally {
    await workers.dispose();
  }
  return {
    what: "fair hand-over with 50 waiting processes",
    baseline: "the same with 10",
    baselineMs: median(few),
    measuredMs: median(many),
    ratio: median(many) / median(few),
    bar: 1.5,
    note: `${roundsPerProcess} grants per process, ${handOverRepeats} times each; every holder rewrites a file`,
  };
}
