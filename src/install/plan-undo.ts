import { sep as pathSeparator } from "node:path";
import {
  absolutePath,
  type ChainRecord,
  type ConfigRecord,
  type FileRecord,
  type InstallRecord,
} from "./install-record.ts";
import { withoutJsonLines } from "./json-part.ts";
import { withoutOurPart } from "./our-part.ts";
import { leaveShared } from "./shared-hooks.ts";
import { absent, type Entry, fingerprint, loadEntry, sameEntry } from "./saved-entry.ts";
import { chainedSuffix, isStub, writtenByManager } from "./stub.ts";
import type { Step, View } from "./step.ts";

/** What takes something back, and what was left because the user changed it since. */
export interface Undo {
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
}

/** Plans how to take back everything in a record (or in a part of one): each thing as it was before the first install. */
export function planUndo(record: UndoableRecord, commonDir: string, view: View): Undo {
  const shared = undoShared(record.sharedHooks, commonDir, view);
  const own = ({ path }: { readonly path: string }): boolean =>
    shared.kept === null || !absolutePath(commonDir, path).startsWith(shared.kept + pathSeparator);
  const parts = [
    ...record.chains.filter(own).map((chain) => undoChain(chain, commonDir, view)),
    ...record.files.filter(own).map((file) => undoFile(file, commonDir, view)),
    ...record.config.map((entry) => undoConfig(entry, view)),
    shared,
  ];
  return { steps: parts.flatMap((part) => part.steps), notes: parts.flatMap((part) => part.notes) };
}

export type UndoableRecord = Pick<InstallRecord, "files" | "chains" | "config" | "sharedHooks">;

/** Hooks in a directory that other repositories with got-hooks use stay for them; here they do nothing any more. */
function undoShared(
  directory: string | null,
  commonDir: string,
  view: View,
): Undo & { readonly kept: string | null } {
  if (directory === null) return { steps: [], notes: [], kept: null };
  const { steps, others } = leaveShared(directory, commonDir, view);
  if (others.length === 0) return { steps, notes: [], kept: null };
  const note = `our hooks in ${directory} stay: other repositories use them (${others.join(", ")}); the last uninstall removes them`;
  return { steps, notes: [note], kept: directory };
}

/** What the file would be without us, as things stand. */
export function entryWithoutUs(
  file: FileRecord,
  current: Entry,
): { readonly entry: Entry; readonly changed: boolean } {
  const before = loadEntry(file.before);
  if (fingerprint(current) === file.after || sameEntry(current, before))
    return { entry: before, changed: false };
  if (file.how === "part" || file.how === "json")
    return { entry: stripped(current, before, file.at), changed: true };
  return { entry: current, changed: true };
}

/** Our lines taken out; a file that we made and that holds nothing else is gone. */
export function stripped(current: Entry, before: Entry, at?: readonly string[]): Entry {
  if (current.kind !== "file") return current;
  // latin1 keeps every byte: our lines are ASCII, what stands around them may be anything.
  const now = Buffer.from(current.content).toString("latin1");
  const text = at === undefined ? withoutOurPart(now) : withoutJsonLines(now, at);
  if (text === "" && before.kind === "absent") return absent;
  return { kind: "file", mode: current.mode, content: Buffer.from(text, "latin1") };
}

function undoFile(file: FileRecord, commonDir: string, view: View): Undo {
  const path = absolutePath(commonDir, file.path);
  const current = view.read(path);
  if (file.how === "whole" && isStub(current) && !file.path.startsWith("got/"))
    return undoStub(path, current, view);
  const { entry, changed } = entryWithoutUs(file, current);
  const steps: Step[] = sameEntry(entry, current) ? [] : [{ kind: "write", path, from: current, to: entry }];
  if (!changed || current.kind === "absent") return { steps, notes: [] };
  if (file.how === "part" || file.how === "json") {
    return {
      steps,
      notes: steps.length === 0 ? [] : [`${path} was changed since: only our lines are taken out`],
    };
  }
  if (file.path.startsWith("got/bin/") || isStub(current)) {
    return { steps: [{ kind: "write", path, from: current, to: loadEntry(file.before) }], notes: [] };
  }
  return { steps: [], notes: [`${path} was changed since: it stays as it is`] };
}

function undoChain(chain: ChainRecord, commonDir: string, view: View): Undo {
  const path = absolutePath(commonDir, chain.path);
  const chained = absolutePath(commonDir, chain.chained);
  const [current, kept] = [view.read(path), view.read(chained)];
  if (kept.kind === "absent") {
    // Never moved, or moved back already; a stub without its hook is only in the way.
    const stubAlone = isStub(current) && fingerprint(current) === chain.after;
    return { steps: stubAlone ? [{ kind: "write", path, from: current, to: absent }] : [], notes: [] };
  }
  if (current.kind === "absent" || fingerprint(current) === chain.after || isStub(current)) {
    return { steps: putBack(path, chained, kept), notes: [] };
  }
  if (sameEntry(current, kept) || writtenByManager(kept))
    return { steps: [{ kind: "write", path: chained, from: kept, to: absent }], notes: [] };
  return {
    steps: [],
    notes: [`${path} was replaced since: it stays, and the hook that we had set aside is in ${chained}`],
  };
}

/** A stub where no hook was at first; by now it may chain one that somebody put there since. */
function undoStub(path: string, current: Entry, view: View): Undo {
  const chained = path + chainedSuffix;
  const kept = view.read(chained);
  const gone: Step = { kind: "write", path, from: current, to: absent };
  if (kept.kind === "absent") return { steps: [gone], notes: [] };
  // A script that a manager wrote only because our line is in its configuration.
  if (writtenByManager(kept) && !sameEntry(stripped(kept, kept), kept)) {
    return { steps: [gone, { kind: "write", path: chained, from: kept, to: absent }], notes: [] };
  }
  return { steps: putBack(path, chained, kept), notes: [] };
}

/** The chained hook under its own name again, without a line of ours that its manager wrote into it. */
function putBack(path: string, chained: string, kept: Entry): readonly Step[] {
  const clean = writtenByManager(kept) ? stripped(kept, kept) : kept;
  const cleaned: Step[] = sameEntry(clean, kept)
    ? []
    : [{ kind: "write", path: chained, from: kept, to: clean }];
  return [...cleaned, { kind: "unchain", path, chained }];
}

function undoConfig(entry: ConfigRecord, view: View): Undo {
  const current = view.config(entry.key);
  if (sameValues(current, entry.before)) return { steps: [], notes: [] };
  if (!sameValues(current, entry.after)) {
    const notes =
      current.length === 0
        ? []
        : [`the configuration value ${entry.key} was changed since: it stays as it is`];
    return { steps: [], notes };
  }
  return { steps: [{ kind: "config", key: entry.key, from: current, to: entry.before }], notes: [] };
}

export function sameValues(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
