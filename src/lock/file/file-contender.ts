import path from "node:path";
import type { Attempt, Claim, Contender, Hold } from "../backend.ts";
import { lockLimits } from "../lock-limits.ts";
import type { HolderInfo } from "../lock.ts";
import { areCompatible } from "../modes.ts";
import type { Timing } from "../timing.ts";
import { createFileWatch } from "./file-watch.ts";
import { createForeignLeases } from "./foreign-leases.ts";
import { formatRecord } from "./holder-record.ts";
import { holderInfo } from "./holder-info.ts";
import { keepHold } from "./keep-hold.ts";
import type { HeldView, Ladder, LadderContext } from "./ladder.ts";
import { addMember, readMembers } from "./members.ts";
import { attemptTo, ensureLockDirectory, unavailable, unlessGone } from "./lock-files.ts";
import { takeTicket, type Ticket } from "./ticket-queue.ts";

/** One wish for one file lock: the gate first (the newest epoch), then alone in it, or a member. */
export function createFileContender(
  claim: Claim,
  ladder: Ladder,
  context: LadderContext,
  timing: Timing,
): Contender {
  const leases = createForeignLeases(timing);
  const watch = createFileWatch();
  let gate: number | undefined;
  let ticket: Ticket | undefined;
  let freeSince: { epoch: number; atMs: number } | undefined;

  const record = (): string =>
    formatRecord({
      ...context.processes.identify(),
      since: timing.now().toISOString(),
      agent: claim.holder.agent,
      session: claim.holder.session,
      what: claim.holder.what,
      mode: claim.mode === "exclusive" ? undefined : claim.mode,
      leaseMs: claim.leaseMs,
    });

  const attempt = (): Attempt => {
    if (gate !== undefined && !ladder.isNewest(gate)) gate = undefined;
    if (gate === undefined) {
      const refused = claim.fair ? standInLine() : undefined;
      if (refused !== undefined) return refused;
      const taken = ladder.take(record);
      if (taken.kind === "changed") return { kind: "busy", holders: [], retryInMs: timing.random() };
      if (taken.kind === "held") return isForeignLeaseOver(taken) ? passOver(taken) : busyWith(taken);
      gate = taken.epoch;
      return enter(gate, taken.names);
    }
    return enter(gate, context.files.list(ladder.directory));
  };

  /** Through the gate: alone, or as a member; otherwise keeps the gate until those inside are gone. */
  const enter = (epoch: number, names: readonly string[]): Attempt => {
    const inTheWay = readMembers(ladder.directory, names, context, { sweep: true }).filter(
      (member) => !areCompatible(member.mode, claim.mode) && !expire(member),
    );
    if (inTheWay.length > 0) {
      const holders = inTheWay.map((member) => holderInfo(member, member.mode, epoch));
      return { kind: "busy", holders, holdsGate: true };
    }
    const granted = claim.mode === "exclusive" ? epoch : joinMembers(epoch);
    if (granted === undefined) return { kind: "busy", holders: [], retryInMs: timing.random() };
    gate = undefined;
    leaveLine();
    return {
      kind: "granted",
      hold: granted === epoch ? exclusiveHold(epoch) : memberHold(epoch, String(granted)),
    };
  };

  /** Adds us to the members and opens the gate for the next. `undefined` when the gate was broken meanwhile. */
  const joinMembers = (epoch: number): string | undefined => {
    const name = addMember(ladder.directory, claim.mode, record(), context);
    let opened = false;
    try {
      opened = ladder.release(epoch) === "released";
    } finally {
      // Without the gate opened we are no member, and nobody is to wait for us. After an error it is given back by `withdraw`.
      if (!opened) unlessGone(() => context.files.remove(path.join(ladder.directory, name)));
    }
    gate = undefined;
    return opened ? name : undefined;
  };

  const expire = (member: {
    name: string;
    record: HeldView["record"];
    state: string;
    modifiedMs: number;
  }): boolean => {
    if (member.state !== "unknown") return false;
    const over = leases.isOver({
      key: member.name,
      leaseMs: member.record?.leaseMs,
      modifiedMs: member.modifiedMs,
    });
    if (over) unlessGone(() => context.files.remove(path.join(ladder.directory, member.name)));
    return over;
  };

  const isForeignLeaseOver = (held: HeldView): boolean =>
    held.state === "unknown" &&
    leases.isOver({ key: `${held.epoch}.h`, leaseMs: held.record?.leaseMs, modifiedMs: held.modifiedMs });

  const passOver = (held: HeldView): Attempt => {
    const taken = ladder.take(record, { over: held.epoch });
    if (taken.kind !== "taken") return busyWith(held);
    gate = taken.epoch;
    return enter(gate, taken.names);
  };

  const busyWith = (held: HeldView): Attempt => {
    const holders = [infoOf(held)];
    // Giving back links the record once more, which the head of the queue is told of.
    return claim.fair
      ? waitFor(path.join(ladder.directory, `${held.epoch}.h`), holders, 10)
      : { kind: "busy", holders };
  };

  /** Waits for a change of one file. What changed before the watch began is found by looking once more at once. */
  const waitFor = (file: string, holders: readonly HolderInfo[], patienceMs: number): Attempt => {
    const watching = watch.turnTo(file);
    return { kind: "busy", holders, retryInMs: watching ? patienceMs : 0, onChange: watch.onChange };
  };

  /** Fair mode: nothing when it is our turn, otherwise what to wait for. */
  const standInLine = (): Attempt | undefined => {
    const names = context.files.list(ladder.directory);
    ticket ??= takeTicket(ladder.directory, names, record(), context);
    if (ticket === undefined) return { kind: "busy", holders: [], retryInMs: timing.random() };
    const predecessor = ticket.predecessor(names);
    if (predecessor === undefined) return undefined;
    const view = ladder.look();
    if (view.kind === "free" && hasBeenFree(view.epoch)) return undefined;
    if (view.kind !== "free") freeSince = undefined;
    return waitFor(predecessor, view.kind === "held" ? [infoOf(view)] : [], lockLimits.queueLookMs);
  };

  /** Whether those before us have let the lock lie for too long, e.g. because their event loops are blocked. */
  const hasBeenFree = (epoch: number): boolean => {
    const atMs = timing.monotonicMs();
    if (freeSince?.epoch !== epoch) freeSince = { epoch, atMs };
    return atMs - freeSince.atMs > lockLimits.queuePatienceMs;
  };

  const leaveLine = (): void => {
    watch.close();
    const left = ticket;
    ticket = undefined;
    // The queue only orders: a ticket that stays behind costs others a moment, a throw would hide a grant from its holder.
    attemptTo(() => left?.remove());
  };

  const exclusiveHold = (epoch: number): Hold =>
    keepHold({
      token: epoch,
      since: timing.now().toISOString(),
      leaseMs: claim.leaseMs,
      timing,
      stillOurs: () => ladder.isNewest(epoch),
      touch: () => context.files.touch(path.join(ladder.directory, `${epoch}.h`), timing.now()),
      giveBack: () => ladder.release(epoch),
      directory: ladder.directory,
    });

  const memberHold = (epoch: number, name: string): Hold => {
    const file = path.join(ladder.directory, name);
    return keepHold({
      token: epoch,
      since: timing.now().toISOString(),
      leaseMs: claim.leaseMs,
      timing,
      stillOurs: () => context.files.list(ladder.directory).includes(name),
      touch: () => context.files.touch(file, timing.now()),
      giveBack: () => (unlessGone(() => context.files.remove(file)) ? "released" : "lost"),
      directory: ladder.directory,
    });
  };

  const withdraw = (): void => {
    try {
      leaveLine();
    } finally {
      if (gate !== undefined) ladder.release(gate);
      gate = undefined;
    }
  };

  const guarded = async <Value>(step: () => Value): Promise<Value> => {
    try {
      return step();
    } catch (cause) {
      throw unavailable(ladder.directory, cause);
    }
  };

  return {
    attempt: () =>
      guarded(() => {
        ensureLockDirectory(ladder.directory);
        return attempt();
      }),
    withdraw: () => guarded(withdraw),
  };
}

function infoOf(held: HeldView): HolderInfo {
  return holderInfo(held, "exclusive", held.epoch);
}
