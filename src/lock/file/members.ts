import path from "node:path";
import type { HolderState, LockMode } from "../lock.ts";
import { type HolderRecord, parseRecord } from "./holder-record.ts";
import { judgeHolder } from "./judge-holder.ts";
import { attemptTo, systemCode, unlessGone } from "./lock-files.ts";
import type { LadderContext } from "./ladder.ts";

/**
 * Those who hold a lock together: `m.<mode>.<pid>.<random>` beside the ladder, each a holder's record. Members come in only
 * while they hold the newest epoch (the gate), which they give back at once; who wants to be alone keeps the gate and waits
 * until the last member is gone. So a writer waits for the readers before it and never for those after it.
 */
export interface Member {
  readonly name: string;
  readonly mode: LockMode;
  readonly record: HolderRecord | undefined;
  readonly state: HolderState;
  readonly modifiedMs: number;
}

const modeByLetter: ReadonlyMap<string, LockMode> = new Map([
  ["s", "shared"],
  ["ix", "intent-exclusive"],
  ["is", "intent-shared"],
]);

/** Every member that is not provably dead. Dead ones are removed when `sweep` says that we hold the gate. */
export function readMembers(
  directory: string,
  names: readonly string[],
  context: LadderContext,
  options: { readonly sweep: boolean },
): readonly Member[] {
  const members: Member[] = [];
  for (const name of names) {
    const member = name.startsWith("m.") ? readMember(directory, name, context) : undefined;
    if (member === undefined) continue;
    if (member.state !== "dead") members.push(member);
    else if (options.sweep) attemptTo(() => context.files.remove(path.join(directory, name)));
  }
  return members;
}

function readMember(directory: string, name: string, context: LadderContext): Member | undefined {
  // A mode from a newer version keeps everybody out.
  const mode = modeByLetter.get(name.split(".")[1] ?? "") ?? "exclusive";
  try {
    const { text, modifiedMs } = context.files.read(path.join(directory, name));
    const record = parseRecord(text);
    const tornBeforeBoot = record === undefined && modifiedMs < context.bootTimeMs();
    const state =
      record === undefined ? (tornBeforeBoot ? "dead" : "unknown") : judgeHolder(record, context.processes);
    return { name, mode, record, state, modifiedMs };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes our member file; the caller holds the gate. Returns its name. */
export function addMember(directory: string, mode: LockMode, record: string, context: LadderContext): string {
  const letter = [...modeByLetter].find(([, known]) => known === mode)?.[0] ?? "x";
  const tail = context.uniqueTail();
  const name = `m.${letter}.${tail}`;
  const draft = path.join(directory, `t.${tail}`);
  try {
    context.files.create(draft, record);
    context.files.rename(draft, path.join(directory, name));
    return name;
  } catch (error) {
    unlessGone(() => context.files.remove(draft));
    throw error;
  }
}
