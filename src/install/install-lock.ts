import { rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { formatRecord } from "../lock/file/holder-record.ts";
import { type HeldView, type Ladder, openLadder } from "../lock/file/ladder.ts";
import { createLadderContext } from "../lock/file/ladder-context.ts";
import { ensureLockDirectory, unavailable } from "../lock/file/lock-files.ts";
import { systemTiming } from "../lock/timing.ts";

/** How long an installation waits for another one; each takes a second or two. */
const longestWaitMs = 60_000;
const pauseMs = 50;

/**
 * Runs `action` while no other install or uninstall of the same repository runs. The lock is the file lock of
 * `docs/concurrency.md`: a holder that was killed is found dead and passed over.
 *
 * @throws GotError LOCK_UNAVAILABLE naming the holder, when another one is still at it after a minute.
 */
export function withInstallLock<Value>(commonDir: string, what: string, action: () => Value): Value {
  const directory = path.join(commonDir, "got", "locks", "install");
  const context = createLadderContext();
  const ladder = openLadder(directory, context);
  const nothing = { agent: undefined, session: undefined, mode: undefined, leaseMs: undefined };
  const record = (): string =>
    formatRecord({
      ...context.processes.identify(),
      since: systemTiming.now().toISOString(),
      what,
      ...nothing,
    });
  const epoch = take(directory, ladder, record);
  try {
    return action();
  } finally {
    ladder.release(epoch);
  }
}

/** Removes what the lock leaves, and the directories it stands in when nothing else does; after an uninstall. */
export function removeInstallLock(commonDir: string): void {
  const locks = path.join(commonDir, "got", "locks");
  rmSync(path.join(locks, "install"), { recursive: true, force: true });
  for (const directory of [locks, path.dirname(locks)]) {
    try {
      rmdirSync(directory);
    } catch {
      // Something else is still in it.
      return;
    }
  }
}

function take(directory: string, ladder: Ladder, record: () => string): number {
  const giveUpAt = systemTiming.monotonicMs() + longestWaitMs;
  for (;;) {
    const result = attempt(directory, ladder, record);
    if (result.kind === "taken") return result.epoch;
    if (systemTiming.monotonicMs() > giveUpAt)
      throw busy(directory, result.kind === "held" ? result.record : undefined);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
}

/** Somebody else's repository, a read-only one, a full disk: an error that names the directory. */
function attempt(directory: string, ladder: Ladder, record: () => string): ReturnType<Ladder["take"]> {
  try {
    ensureLockDirectory(directory);
    return ladder.take(record);
  } catch (cause) {
    throw unavailable(directory, cause);
  }
}

function busy(directory: string, holder: HeldView["record"]): GotError {
  const who =
    holder === undefined ? "Another process" : `Process ${holder.pid} (${holder.what ?? "install"})`;
  return new GotError(
    "LOCK_UNAVAILABLE",
    `${who} has been changing this repository's installation for a minute`,
    {
      facts: { directory, pid: holder?.pid ?? null },
      hint: "Wait for it, or end it, and run the command again.",
    },
  );
}
