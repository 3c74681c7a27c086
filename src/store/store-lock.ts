import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { GotError } from "../base/errors.ts";
import { formatRecord } from "../lock/file/holder-record.ts";
import { openLadder } from "../lock/file/ladder.ts";
import { createLadderContext } from "../lock/file/ladder-context.ts";
import { ensureLockDirectory, unavailable } from "../lock/file/lock-files.ts";
import type { ProcessTable } from "../lock/file/process-identity.ts";
import { encodeResource } from "../lock/resource-name.ts";
import { storeLimits } from "./store-limits.ts";

/** The lock that the critical sections of all processes in one work tree take turns with. */
export interface StoreLock {
  /**
   * Runs `work` alone. `stillOurs` tells whether nobody has broken the lock meanwhile. `isMoot` is asked each time that the lock was
   * not free: `moot` when there is nothing left to wait for.
   *
   * @throws GotError LOCK_UNAVAILABLE when it is not free in time, naming the holder.
   */
  readonly run: <Value>(
    work: (stillOurs: () => boolean) => Value,
    isMoot: () => boolean,
  ) => Promise<Value | "moot">;
  /** Whether somebody else had it when we wanted it, a moment ago. */
  readonly wasContended: () => boolean;
}

/** The store's lock among the repository's: each work tree has one of its own. */
export function storeResource(place: { readonly gitDir: string; readonly commonDir: string }): string {
  const { gitDir, commonDir } = place;
  return path.resolve(gitDir) === path.resolve(commonDir) ? "store" : `store.${path.basename(gitDir)}`;
}

/**
 * The file lock of docs/concurrency.md, taken step by step: its critical sections last about a millisecond, so waiting is polled
 * every few of them. Not more often: on few cores those who look take the time from the one who has it.
 */
export function createStoreLock(options: {
  /** `<git-common-dir>/got/locks`. */
  readonly locksDirectory: string;
  readonly resource: string;
  readonly processes: ProcessTable;
  readonly agent: string;
  readonly session: string | undefined;
  readonly random: () => number;
  /** Told how long the lock was waited for, where somebody else had it. */
  readonly onWait?: (waitedMs: number) => void;
}): StoreLock {
  const directory = path.join(options.locksDirectory, encodeResource(options.resource));
  const ladder = openLadder(directory, createLadderContext({ processes: options.processes }));
  let isReady = false;
  let contendedMs = -Infinity;
  const record = (): string =>
    formatRecord({
      ...options.processes.identify(),
      since: new Date().toISOString(),
      agent: options.agent,
      session: options.session,
      what: "entity store",
      mode: undefined,
      leaseMs: undefined,
    });

  const take = async (isMoot: () => boolean): Promise<number | "moot"> => {
    if (!isReady) ensureLockDirectory(directory);
    isReady = true;
    const startMs = performance.now();
    const endMs = startMs + storeLimits.lockTimeoutMs;
    let ceilingMs: number = storeLimits.lockPauseFirstMs;
    for (;;) {
      const taken = ladder.take(record);
      if (taken.kind === "taken") {
        if (contendedMs >= startMs) options.onWait?.(performance.now() - startMs);
        return taken.epoch;
      }
      contendedMs = performance.now();
      if (contendedMs > endMs) throw timedOut(taken.kind === "held" ? taken : undefined);
      await pause(ceilingMs * options.random());
      if (isMoot()) return "moot";
      ceilingMs = Math.min(storeLimits.lockPauseLongestMs, ceilingMs * 1.5);
    }
  };

  const timedOut = (
    held:
      | { readonly record: { readonly agent?: string | undefined; readonly pid?: number } | undefined }
      | undefined,
  ): GotError =>
    new GotError(
      "LOCK_UNAVAILABLE",
      `The store's lock was not free within ${storeLimits.lockTimeoutMs / 1000} s; ${held?.record?.agent ?? "somebody"} (process ${held?.record?.pid ?? "unknown"}) has it`,
      {
        facts: { directory, pid: held?.record?.pid ?? null },
        hint: `If that process is gone for certain: got-hooks lock break ${options.resource} --reason "…".`,
      },
    );

  return {
    wasContended: () => performance.now() - contendedMs < storeLimits.lockContendedMs,
    run: async (work, isMoot) => {
      let epoch: number | "moot";
      try {
        epoch = await take(isMoot);
      } catch (cause) {
        // The directory may have been taken away by an uninstall: the next call makes a new one.
        isReady = false;
        throw unavailable(directory, cause);
      }
      if (epoch === "moot") return epoch;
      const held = epoch;
      const takenMs = performance.now();
      const isFresh = (): boolean => performance.now() - takenMs < storeLimits.lockFreshMs;
      try {
        return work(() => isFresh() || ladder.isNewest(held));
      } finally {
        ladder.releaseUnseen(held);
      }
    },
  };
}
