import { setTimeout as sleep } from "node:timers/promises";
import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import type { HolderInfo, LockState } from "../../../lock/lock.ts";
import type { Command } from "../../command.ts";
import { openLocks } from "../../open-locks.ts";
import { watchLine } from "../../views/lock.ts";

interface WatchArgs {
  readonly for: number | undefined;
  readonly interval: number;
  readonly json: boolean;
}

/** Something that happened to a lock between two looks. */
export interface LockChange {
  readonly kind: "taken" | "released" | "changed";
  readonly resource: string;
  readonly holder: HolderInfo;
}

/** Prints what happens to locks, until it is interrupted or the time is up. Grants shorter than the interval may go unseen. */
export const watchCommand: Command<WatchArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("for", {
        type: "number",
        requiresArg: true,
        describe: "Seconds to watch; without it until interrupted",
      })
      .option("interval", {
        type: "number",
        default: 0.5,
        requiresArg: true,
        describe: "Seconds between two looks",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON object a line" })
      .example("$0 lock watch --for 60", "what the locks do in the next minute"),
  run: async (context, args) => {
    if (!(args.interval >= 0.05)) throw new GotError("USAGE", "--interval must be at least 0.05 seconds");
    const locks = await openLocks(context);
    const endMs = performance.now() + (args.for ?? Number.POSITIVE_INFINITY) * 1000;
    let before: readonly LockState[] = [];
    let count = 0;
    try {
      for (;;) {
        const states = await locks.list();
        for (const change of changesBetween(before, states)) {
          count += 1;
          context.print(args.json ? JSON.stringify(change) : watchLine(change, context.now()));
        }
        before = states;
        const remainingMs = endMs - performance.now();
        if (remainingMs <= 0) return { data: { changes: count }, text: "" };
        await sleep(Math.min(remainingMs, args.interval * 1000));
      }
    } finally {
      await locks.close();
    }
  },
};

/** What differs between two looks: grants that came, that went, and holders whose state is another. */
export function changesBetween(
  before: readonly LockState[],
  after: readonly LockState[],
): readonly LockChange[] {
  const [old, now] = [holdersByKey(before), holdersByKey(after)];
  const changes: LockChange[] = [];
  for (const [key, { resource, holder }] of old) {
    if (!now.has(key)) changes.push({ kind: "released", resource, holder });
  }
  for (const [key, { resource, holder }] of now) {
    const known = old.get(key);
    if (known === undefined) changes.push({ kind: "taken", resource, holder });
    else if (known.holder.state !== holder.state) changes.push({ kind: "changed", resource, holder });
  }
  return changes;
}

function holdersByKey(states: readonly LockState[]): Map<string, { resource: string; holder: HolderInfo }> {
  const found = new Map<string, { resource: string; holder: HolderInfo }>();
  for (const { resource, holders } of states) {
    // The token of members moves on with every newcomer, so it is no part of who they are.
    for (const holder of holders) {
      const { host, pid, since, mode, agent } = holder;
      found.set(JSON.stringify([resource, host, pid, since, mode, agent]), { resource, holder });
    }
  }
  return found;
}
