import path from "node:path";
import { lockLimits } from "../lock-limits.ts";
import type { HolderState } from "../lock.ts";
import { type HolderRecord, parseRecord } from "./holder-record.ts";
import { judgeHolder } from "./judge-holder.ts";
import type { KeptDrafts } from "./kept-drafts.ts";
import { attemptTo, type LockFiles, noHardLinks, systemCode, unlessGone } from "./lock-files.ts";
import type { ProcessTable } from "./process-identity.ts";

/**
 * The ladder of epochs in one lock directory (`docs/concurrency.md`): single steps, none of which waits. Everything is
 * synchronous: each step is a few microseconds of system calls, less than handing them to another thread.
 *
 * What always holds: an epoch is given to one holder at most, epochs only grow, and nobody's name is removed but one's own,
 * a dead process's, or one that is `epochsKept` epochs old.
 */
export interface Ladder {
  readonly directory: string;
  /** What stands there now. */
  readonly look: () => LadderView;
  /**
   * Tries to take the next epoch. `over` names a living holder's epoch that is to be passed over (break, expired lease).
   * `record` is asked for the text only when there is something to take.
   */
  readonly take: (record: () => string, options?: { readonly over?: number }) => TakeResult;
  /** Gives an epoch back; `lost` when a newer one exists. */
  readonly release: (epoch: number) => "released" | "lost";
  /** The same for who need not know whether it was lost: a step marked as released that is not the newest one means nothing. */
  readonly releaseUnseen: (epoch: number) => void;
  /** Whether no newer epoch than this one exists. */
  readonly isNewest: (epoch: number) => boolean;
}

export type LadderView =
  | { readonly kind: "free"; readonly epoch: number; readonly names: readonly string[] }
  | HeldView
  /** The directory changed while we looked; look again. */
  | { readonly kind: "changed" };

export interface HeldView {
  readonly kind: "held";
  readonly epoch: number;
  readonly names: readonly string[];
  /** `undefined`: torn or from a newer version. */
  readonly record: HolderRecord | undefined;
  readonly state: HolderState;
  /** Modification time of the record: the holder's latest sign of life, comparable only with itself. */
  readonly modifiedMs: number;
}

export type TakeResult =
  | { readonly kind: "taken"; readonly epoch: number; readonly names: readonly string[] }
  | HeldView
  | { readonly kind: "changed" };

export interface LadderContext {
  readonly files: LockFiles;
  readonly processes: ProcessTable;
  /** Wall-clock time of the machine's start, in milliseconds. */
  readonly bootTimeMs: () => number;
  /** A name for a draft or member that no other process and no other call has: `<pid>.<random>`. */
  readonly uniqueTail: () => string;
  /** The epoch that this process released last, by directory: a guess at what the next listing would say. */
  readonly lastReleased: Map<string, number>;
  readonly drafts: KeptDrafts;
}

export function openLadder(directory: string, context: LadderContext): Ladder {
  const { files, processes } = context;
  const at = (name: string): string => path.join(directory, name);

  const look = (): LadderView => {
    const names = files.list(directory);
    const epoch = newestEpoch(names);
    if (epoch === 0 || names.includes(`${epoch}.r`)) return { kind: "free", epoch, names };
    const held = readHolder(epoch);
    if (held === undefined) return { kind: "changed" };
    if (held.state === "dead") return { kind: "free", epoch, names };
    return { kind: "held", epoch, names, ...held };
  };

  const readHolder = (epoch: number): Pick<HeldView, "record" | "state" | "modifiedMs"> | undefined => {
    try {
      const { text, modifiedMs } = files.read(at(`${epoch}.h`));
      const record = parseRecord(text);
      if (record !== undefined) return { record, state: judgeHolder(record, processes), modifiedMs };
      // A record older than this boot was torn by the power cut that ended its writer.
      return { record, state: modifiedMs < context.bootTimeMs() ? "dead" : "unknown", modifiedMs };
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      throw error;
    }
  };

  const take: Ladder["take"] = (record, options = {}) => {
    if (options.over === undefined) {
      // A listing may be as old as you like, because the second one decides: so what this process knows from its last release
      // will do for the first one, and saves it where nobody else was there since.
      const guess = context.lastReleased.get(directory);
      context.lastReleased.delete(directory);
      const taken = guess === undefined ? undefined : climbAgain(guess + 1, record());
      if (taken?.kind === "taken") return taken;
    }
    const view = look();
    if (view.kind === "changed") return view;
    if (view.kind === "held" && view.epoch !== options.over) return view;
    if (view.kind === "free" && options.over !== undefined && view.epoch !== options.over)
      return { kind: "changed" };
    return climb(view.epoch + 1, record);
  };

  const climb = (epoch: number, record: () => string): TakeResult =>
    claimEpoch(epoch, record()) ? confirm(epoch) : { kind: "changed" };

  /**
   * By memory only. The kept record proves that the directory is the one remembered: where that was deleted, and numbers began
   * anew, there is nothing to link, and nobody ever sees a number of ours that is too high.
   */
  const climbAgain = (epoch: number, text: string): TakeResult => {
    const kept = context.drafts.reuse(directory, text);
    return kept !== undefined && linkDraft(kept, epoch) === "linked" ? confirm(epoch) : { kind: "changed" };
  };

  /** The second listing, which decides. */
  const confirm = (epoch: number): TakeResult => {
    let names: readonly string[];
    try {
      names = files.list(directory);
    } catch (error) {
      // Nobody could end a grant that we do not know to have.
      withdraw(epoch);
      throw error;
    }
    // Anything else at our epoch, or anything above it, means that what we went by was too old to act on. So does a step that is
    // missing below ours: it is never cleared away, hence the directory was deleted and numbers began anew.
    const misled = epoch > 1 && !names.includes(`${epoch - 1}.h`) && !names.includes(`${epoch - 1}.r`);
    if (misled || names.includes(`${epoch}.r`) || newestEpoch(names) !== epoch) {
      withdraw(epoch);
      return { kind: "changed" };
    }
    // What cannot be cleared away (another user's file, a moment's failure) is no reason to give up what we hold.
    attemptTo(() => sweep(epoch, names));
    return { kind: "taken", epoch, names };
  };

  const withdraw = (epoch: number): void => void unlessGone(() => files.remove(at(`${epoch}.h`)));

  /** Gives the record its epoch's name; false when somebody was faster. */
  const claimEpoch = (epoch: number, text: string): boolean => {
    const reused = context.drafts.reuse(directory, text);
    if (reused !== undefined) {
      const linked = linkDraft(reused, epoch);
      if (linked !== "gone") return linked === "linked";
    }
    const draft = at(`t.${context.uniqueTail()}`);
    let kept = false;
    try {
      files.create(draft, text);
      const linked = linkDraft(draft, epoch);
      if (linked === "unsupported") return createInPlace(epoch, text);
      kept = linked === "linked" && context.drafts.keep(directory, draft, text);
      return linked === "linked";
    } finally {
      // The epoch may be ours by now: a draft that stays behind is swept later, a throw would hold the lock for ever.
      if (!kept) attemptTo(() => files.remove(draft));
      const worn = context.drafts.worn();
      if (worn !== undefined) attemptTo(() => files.remove(worn));
    }
  };

  const linkDraft = (draft: string, epoch: number): "linked" | "taken" | "gone" | "unsupported" => {
    try {
      files.link(draft, at(`${epoch}.h`));
      return "linked";
    } catch (error) {
      const code = systemCode(error);
      if (code === "EEXIST") return "taken";
      // Our draft was swept by somebody who cannot see our process (another pid namespace).
      if (code === "ENOENT") return "gone";
      if (code !== undefined && noHardLinks.has(code)) return "unsupported";
      throw error;
    }
  };

  /** Where link(2) is missing: exclusive creation. A reader may find the record torn for a moment and waits. */
  const createInPlace = (epoch: number, text: string): boolean => {
    try {
      files.create(at(`${epoch}.h`), text);
      return true;
    } catch (error) {
      if (systemCode(error) === "EEXIST") return false;
      throw error;
    }
  };

  const sweep = (epoch: number, names: readonly string[]): void => {
    for (const name of names) {
      const old = epochOf(name);
      if (old !== undefined && old <= epoch - lockLimits.epochsKept) unlessGone(() => files.remove(at(name)));
    }
    if (epoch % lockLimits.epochsKept === 0) sweepDrafts(names);
  };

  const sweepDrafts = (names: readonly string[]): void => {
    for (const name of names) {
      // A draft that is not whole yet may be one that is being written in another pid namespace: it stays.
      if (name.startsWith("t.") && isDeadDraft(name)) unlessGone(() => files.remove(at(name)));
    }
  };

  const isDeadDraft = (name: string): boolean => {
    let draft: HolderRecord | undefined;
    unlessGone(() => (draft = parseRecord(files.read(at(name)).text)));
    return draft !== undefined && judgeHolder(draft, processes) === "dead";
  };

  const isNewest = (epoch: number): boolean => {
    const names = files.list(directory);
    return newestEpoch(names) === epoch && !names.includes(`${epoch}.r`);
  };

  const release: Ladder["release"] = (epoch) => {
    try {
      return isNewest(epoch) ? markReleased(epoch) : "lost";
    } catch (error) {
      if (systemCode(error) === "ENOENT") return "lost";
      throw error;
    }
  };

  const markReleased = (epoch: number): "released" | "lost" => {
    try {
      // A second link of our own record needs no new inode: it works on a full disk.
      files.link(at(`${epoch}.h`), at(`${epoch}.r`));
      if (context.lastReleased.size >= lockLimits.resourcesMeasured) context.lastReleased.clear();
      context.lastReleased.set(directory, epoch);
      return "released";
    } catch (error) {
      const code = systemCode(error);
      if (code === "ENOENT" || code === "EEXIST") return "lost";
      if (code === undefined || !noHardLinks.has(code)) throw error;
      // A link proves that the step is there; this could make a number that nobody has reached.
      if (!isNewest(epoch)) return "lost";
      files.create(at(`${epoch}.r`), "");
      return "released";
    }
  };

  return { directory, look, take, release, releaseUnseen: markReleased, isNewest };
}

/**
 * The greatest epoch that was ever held, as far as the names tell; 0 for none. A released one whose record is missing counts:
 * nobody could ever take that epoch again.
 */
function newestEpoch(names: readonly string[]): number {
  let newest = 0;
  for (const name of names) {
    const epoch = epochOf(name);
    if (epoch !== undefined && epoch > newest) newest = epoch;
  }
  return newest;
}

function epochOf(name: string): number | undefined {
  const length = name.length - 2;
  if (length < 1 || !(name.endsWith(".h") || name.endsWith(".r"))) return undefined;
  // Read at every listing, hence no pattern: digits only, no leading zero, exact.
  let epoch = 0;
  for (let index = 0; index < length; index += 1) {
    const digit = name.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9 || (index === 0 && digit === 0)) return undefined;
    epoch = epoch * 10 + digit;
  }
  return Number.isSafeInteger(epoch) ? epoch : undefined;
}
