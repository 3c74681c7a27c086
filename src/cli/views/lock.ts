import type { BreakOutcome, HolderInfo, LockState, Refusal } from "../../lock/lock.ts";
import type { LockChange } from "../commands/lock/watch.ts";
import { printable } from "../printable.ts";

/** One line for each holder, under a heading. */
export function listText(states: readonly LockState[], now: Date): string {
  if (states.length === 0) return "No locks are held.\n";
  const lines = states.flatMap(({ resource, token, holders }) =>
    holders.length === 0
      ? [`${resource}  free  token ${token}`]
      : holders.map(
          (holder) => `${resource}  ${holder.mode}  token ${holder.token}  ${holderText(holder, now)}`,
        ),
  );
  return printable(`${lines.join("\n")}\n`);
}

/** Why nothing was run, in one line that names who stands in the way. */
export function refusalLine(refusal: Refusal, now: Date): string {
  switch (refusal.kind) {
    case "timedOut": {
      const waited = `${(refusal.waitedMs / 1000).toFixed(1)} s`;
      const holders = refusal.holders.map((holder) => holderText(holder, now)).join("; ");
      const who = holders === "" ? "" : `, held by ${holders}`;
      return printable(`the lock ${refusal.resource} was not free within ${waited}${who}`);
    }
    case "deadlocked": {
      const ring = refusal.ring.map(
        (member) =>
          `${member.agent ?? `process ${member.pid}`} holds ${member.holds.join(", ")} and wants ${member.wants}`,
      );
      return printable(`a deadlock: ${ring.join("; ")}`);
    }
    case "aborted":
      return printable(`the wait for the lock ${refusal.resource} was ended`);
  }
}

export function breakText(outcome: BreakOutcome): string {
  switch (outcome.kind) {
    case "broken": {
      const who = outcome.holders.map((holder) => nameOf(holder)).join("; ");
      return printable(
        `Broke the lock ${outcome.resource} of ${who}; its tokens below ${outcome.token} are fenced off.\n`,
      );
    }
    case "notHeld":
      return printable(`Nobody holds the lock ${outcome.resource}.\n`);
    case "changed":
      return printable(`The lock ${outcome.resource} changed hands at this moment; nothing was broken.\n`);
  }
}

export function watchLine(change: LockChange, now: Date): string {
  const time = now.toISOString().slice(11, 23);
  return printable(
    `${time}  ${change.kind.padEnd(8)}  ${change.resource}  ${change.holder.mode}  ${holderText(change.holder, now)}`,
  );
}

export function holderText(holder: HolderInfo, now: Date): string {
  const ageMs = now.getTime() - Date.parse(holder.since);
  const age = Number.isNaN(ageMs) ? "" : `, for ${ageText(Math.max(0, ageMs))}`;
  const state = holder.state === "alive" ? "" : `, ${stateText(holder)}`;
  const what = holder.what === undefined ? "" : `: ${holder.what}`;
  return `${nameOf(holder)}${age}${state}${what}`;
}

function nameOf(holder: HolderInfo): string {
  const session = holder.session === undefined ? "" : ` (${holder.session})`;
  const process = holder.pid === undefined ? "unknown process" : `process ${holder.pid}`;
  return `${holder.agent ?? "somebody"}${session}, ${process} on ${holder.host}`;
}

function stateText(holder: HolderInfo): string {
  return holder.state === "unknown" ? "cannot be judged from here" : holder.state;
}

function ageText(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 3_600_000 ? `${Math.floor(ms / 60_000)} min` : `${Math.floor(ms / 3_600_000)} h`;
}
