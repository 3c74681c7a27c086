import { GotError } from "../base/errors.ts";
import type { HolderName, Locks, Refusal } from "../lock/lock.ts";

/** Runs work that no other process of the work tree runs meanwhile. */
export type Exclusively = <Value>(work: () => Value) => Promise<Value>;

/** One lock of the repository, taken for each piece of work. @throws GotError LOCK_UNAVAILABLE, naming who has it. */
export function exclusivelyUnder(
  locks: Pick<Locks, "withLock">,
  resource: string,
  holder: HolderName,
): Exclusively {
  return async (work) => {
    const outcome = await locks.withLock(resource, { holder }, () => work());
    if (outcome.kind === "granted" || outcome.kind === "lost") return outcome.value;
    throw new GotError("LOCK_UNAVAILABLE", `The lock ${resource} was not to be had: ${why(outcome)}`, {
      facts: { resource, reason: outcome.kind },
      hint: "Nothing was changed. Look at got-hooks lock list, then try again.",
    });
  };
}

function why(refusal: Refusal): string {
  switch (refusal.kind) {
    case "timedOut": {
      const [holder] = refusal.holders;
      const who = holder === undefined ? "somebody" : (holder.agent ?? `process ${holder.pid ?? "unknown"}`);
      return `${who} still had it after ${Math.round(refusal.waitedMs / 1000)} s`;
    }
    case "deadlocked":
      return "waiting for it would have been a deadlock";
    case "aborted":
      return "the wait was ended";
  }
}
