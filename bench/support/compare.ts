import { readFileSync } from "node:fs";
import type { Row } from "./row.ts";

export interface Comparison {
  readonly what: string;
  readonly baseline: { readonly name: string; readonly run: () => unknown };
  readonly candidate: { readonly run: () => unknown };
  /** How often each is measured; baseline and candidate take turns, so that a busy moment hits both. */
  readonly rounds: number;
  readonly bar: number | null;
  readonly note?: string;
}

/** Measures two programs in turns (after one unmeasured round of each) and returns their medians as a row. */
export async function compare(comparison: Comparison): Promise<Row> {
  const baseline = new Stopwatch(comparison.baseline.run);
  const candidate = new Stopwatch(comparison.candidate.run);
  await comparison.baseline.run();
  await comparison.candidate.run();
  for (let round = 0; round < comparison.rounds; round++) {
    // Whoever goes first may find colder caches: they take turns in that as well.
    const order = round % 2 === 0 ? [baseline, candidate] : [candidate, baseline];
    for (const stopwatch of order) await stopwatch.round();
  }
  const baselineMs = median(baseline.wallMs);
  const measuredMs = median(candidate.wallMs);
  const [baselineCpuMs, measuredCpuMs] = [mean(baseline.cpuMs), mean(candidate.cpuMs)];
  return {
    what: comparison.what,
    baseline: comparison.baseline.name,
    baselineMs,
    measuredMs,
    ratio: measuredMs / baselineMs,
    bar: comparison.bar,
    ...(baselineCpuMs === null ? {} : { baselineCpuMs }),
    ...(measuredCpuMs === null ? {} : { measuredCpuMs }),
    ...(comparison.note === undefined ? {} : { note: comparison.note }),
  };
}

/** The middle of the values (the mean of the middle two); NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

class Stopwatch {
  readonly wallMs: number[] = [];
  readonly cpuMs: (number | null)[] = [];
  readonly #run: () => unknown;

  constructor(run: () => unknown) {
    this.#run = run;
  }

  async round(): Promise<void> {
    const cpuBefore = cpuTimeMs();
    const before = process.hrtime.bigint();
    await this.#run();
    this.wallMs.push(Number(process.hrtime.bigint() - before) / 1e6);
    const cpuAfter = cpuTimeMs();
    this.cpuMs.push(cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore);
  }
}

/**
 * CPU time of this process and of all children it has waited for. Node itself tells only the former, so the latter
 * comes from `/proc/self/stat` (fields 16 and 17, ticks of 10 ms: meaningful as a mean over rounds); null without it.
 */
function cpuTimeMs(): number | null {
  let stat: string;
  try {
    stat = readFileSync("/proc/self/stat", "latin1");
  } catch {
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = process.resourceUsage();
  return (own.userCPUTime + own.systemCPUTime) / 1000 + (Number(fields[13]) + Number(fields[14])) * 10;
}

function mean(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}
