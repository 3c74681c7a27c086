import process from "node:process";
import type { Locks } from "../../../src/lock/lock.ts";

/** One adapter as the suite sees it. */
export interface LockAdapter {
  readonly name: string;
  /** A `Locks` of its own on the same backend: as another process would have. */
  readonly open: () => Promise<Locks>;
  /** How other processes reach the same locks; nothing for an adapter inside one process. */
  readonly workers: { readonly url: string; readonly locksDirectory: string } | undefined;
  /** Grants end by time when their holder gives no sign of life. */
  readonly leases: boolean;
  /** Removes everything the adapter made. */
  readonly dispose: () => Promise<void>;
}

/** A number of rounds or processes, times `GOT_STORM` (default 1: what the whole suite runs with), at least 2. */
export function lockContractRounds(usual: number): number {
  return Math.max(2, Math.round(usual * Number(process.env["GOT_STORM"] ?? "1")));
}
