import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import type { HolderState } from "../lock.ts";
import { decodeResource } from "../resource-name.ts";
import { type HolderRecord, parseRecord } from "./holder-record.ts";
import { type Death, examineHolder } from "./judge-holder.ts";
import { type LadderContext, openLadder } from "./ladder.ts";
import { systemCode } from "./lock-files.ts";

/** Somebody who has a lock and has not given it back, dead or alive. */
export interface InspectedHolder {
  readonly resource: string;
  /** The file with the holder's record. */
  readonly file: string;
  /** Undefined when it is torn or from a newer version. */
  readonly record: HolderRecord | undefined;
  readonly state: HolderState;
  /** What proves it dead; null when it is not, or when its record was torn before this boot. */
  readonly death: Death | null;
}

/**
 * Looks at every lock in `<git-common-dir>/got/locks` without touching anything. Dead holders are in the way of nobody (whoever
 * wants the lock passes over them); they tell what crashed.
 */
export function inspectLocks(directory: string, context: LadderContext): readonly InspectedHolder[] {
  return listOrNothing(directory).flatMap((name) => {
    const resource = decodeResource(name);
    const lock = path.join(directory, name);
    if (resource === undefined || lstatSync(lock, { throwIfNoEntry: false })?.isDirectory() !== true)
      return [];
    return inspectLock(resource, lock, context);
  });
}

/** The same for the lock in one directory. */
export function inspectLock(
  resource: string,
  directory: string,
  context: LadderContext,
): readonly InspectedHolder[] {
  const view = openLadder(directory, context).look();
  if (view.kind === "changed") return [];
  const { epoch, names } = view;
  const holder = epoch === 0 || names.includes(`${epoch}.r`) ? [] : [`${epoch}.h`];
  return [...holder, ...names.filter((name) => name.startsWith("m."))].flatMap((name) => {
    const file = path.join(directory, name);
    const found = inspectRecord(file, context);
    return found === undefined ? [] : [{ resource, file, ...found }];
  });
}

function inspectRecord(
  file: string,
  context: LadderContext,
): Omit<InspectedHolder, "resource" | "file"> | undefined {
  try {
    const { text, modifiedMs } = context.files.read(file);
    const record = parseRecord(text);
    if (record !== undefined) return { record, ...examineHolder(record, context.processes) };
    return { record, state: modifiedMs < context.bootTimeMs() ? "dead" : "unknown", death: null };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function listOrNothing(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return [];
    throw error;
  }
}
