/**
 * One line of a benchmark: a candidate beside its baseline, measured in the same run on the same machine.
 * A file `bench/<name>.ts` exports `bench: Bench`; `bench/main.ts` runs them all and prints one table.
 */
export interface Row {
  /** What was measured, as the issue or document that sets the bar names it. */
  readonly what: string;
  /** What it is compared with. */
  readonly baseline: string;
  /** Medians of wall time. */
  readonly baselineMs: number;
  readonly measuredMs: number;
  /** `measuredMs / baselineMs`. */
  readonly ratio: number;
  /** The greatest ratio that passes; null when the row only informs, or when `limits` say what passes. */
  readonly bar: number | null;
  /** Mean CPU time (user and system, children included) of one run; absent where the system does not tell. */
  readonly baselineCpuMs?: number;
  readonly measuredCpuMs?: number;
  /** Bars that are not a ratio of wall times: milliseconds added, bytes, megabytes resident. */
  readonly limits?: readonly RowLimit[];
  readonly note?: string;
}

export interface RowLimit {
  readonly what: string;
  readonly measured: number;
  /** The greatest value that passes. */
  readonly bar: number;
  /** For people: `ms`, `MB`, `bytes`, `Node starts`. */
  readonly unit: string;
}

export type Bench = () => Promise<readonly Row[]>;

/** Tells whether a row keeps everything that was asked of it. */
export function rowPasses(row: Row): boolean {
  return (
    (row.bar === null || row.ratio <= row.bar) &&
    (row.limits ?? []).every((limit) => limit.measured <= limit.bar)
  );
}
