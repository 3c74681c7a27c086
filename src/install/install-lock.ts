import { randomBytes } from "node:crypto";
import { type Dirent, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { formatRecord } from "../lock/file/holder-record.ts";
import { type HeldView, type Ladder, type LadderContext, openLadder } from "../lock/file/ladder.ts";
import { createLadderContext } from "../lock/file/ladder-context.ts";
import { ensureLockDirectory, systemCode, unavailable } from "../lock/file/lock-files.ts";
import { readMembers } from "../lock/file/members.ts";
import { decodeResource } from "../lock/resource-name.ts";
import { systemTiming } from "../lock/timing.ts";

/** How long an installation waits for another one; each takes a second or two. */
const longestWaitMs = 60_000;
const pauseMs = 50;
const installResource = "install";
/** How often a lock that changes hands at this moment is looked at again. */
const removalAttempts = 20;

/**
 * Runs `action` while no other install or uninstall of the same repository runs. The lock is the file lock of
 * `docs/concurrency.md`: a holder that was killed is found dead and passed over. `removeAfter` leaves nothing of the lock when `action`
 * succeeds.
 *
 * @throws GotError LOCK_UNAVAILABLE naming the holder, when another one is still at it after a minute.
 */
export function withInstallLock<Value>(
  commonDir: string,
  what: string,
  action: () => Value,
  options: { readonly removeAfter?: boolean } = {},
): Value {
  const directory = path.join(locksOf(commonDir), installResource);
  const context = createLadderContext();
  const ladder = openLadder(directory, context);
  const epoch = take(directory, ladder, () => recordOf(context, what));
  let done = false;
  try {
    const value = action();
    done = true;
    return value;
  } finally {
    // Never both: a release after the removal could give back the lock of whoever came next.
    if (done && options.removeAfter === true && ladder.isNewest(epoch)) removeInstallLock(commonDir);
    else ladder.release(epoch);
  }
}

/**
 * Removes the locks that nobody holds, and what else stands among them; returns the resources that are held and stay. To be called under
 * {@link withInstallLock}, whose own lock it leaves.
 */
export function removeFreeLocks(commonDir: string): readonly string[] {
  const locks = locksOf(commonDir);
  const context = createLadderContext();
  const held: string[] = [];
  for (const entry of listLocks(locks)) {
    const resource = entry.isDirectory() ? decodeResource(entry.name) : undefined;
    const directory = path.join(locks, entry.name);
    if (entry.name === installResource) continue;
    if (resource === undefined) rmSync(directory, { recursive: true, force: true });
    else if (!removeIfFree(directory, context)) held.push(resource);
  }
  return held;
}

/**
 * Removes the install lock, which is held, with the directories it stands in when nothing else does. The directory is first given
 * another name: who waits in it finds none, makes a new one and is alone there.
 */
function removeInstallLock(commonDir: string): void {
  const locks = locksOf(commonDir);
  moveAwayAndRemove(path.join(locks, installResource));
  for (const directory of [locks, path.dirname(locks)]) {
    try {
      rmdirSync(directory);
    } catch {
      // Something else is still in it.
      return;
    }
  }
}

/** Takes the lock to be sure that nobody has it, then moves it away. */
function removeIfFree(directory: string, context: LadderContext): boolean {
  const ladder = openLadder(directory, context);
  for (let looks = 0; looks < removalAttempts; looks += 1) {
    const taken = ladder.take(() => recordOf(context, "uninstall"));
    if (taken.kind === "held") return false;
    if (taken.kind === "changed") continue;
    if (readMembers(directory, taken.names, context, { sweep: true }).length > 0) {
      ladder.release(taken.epoch);
      return false;
    }
    moveAwayAndRemove(directory);
    return true;
  }
  return false;
}

function moveAwayAndRemove(directory: string): void {
  // Names that begin with a dot are no resources; one that is left by a crash goes with the next uninstall.
  const away = path.join(path.dirname(directory), `.gone.${randomBytes(6).toString("hex")}`);
  renameSync(directory, away);
  rmSync(away, { recursive: true, force: true });
}

function listLocks(locks: string): Dirent[] {
  try {
    return readdirSync(locks, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

function recordOf(context: LadderContext, what: string): string {
  const nothing = { agent: undefined, session: undefined, mode: undefined, leaseMs: undefined };
  const since = systemTiming.now().toISOString();
  return formatRecord({ ...context.processes.identify(), since, what, ...nothing });
}

function locksOf(commonDir: string): string {
  return path.join(commonDir, "got", "locks");
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
