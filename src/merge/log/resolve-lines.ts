/** Decides, slot by slot, what a merged log holds. */
import type { Choices, Conflict, Decision } from "../merge-result.ts";
import { canonicalLine } from "./canonical-line.ts";
import { mergeEventCopies } from "./event-copies.ts";
import { type LineTable, isUnterminated, lineBytes, lineContent, lineKey } from "./line-table.ts";
import { type FileName, fileNames, type PerFile } from "./log-files.ts";
import type { LineSlots } from "./match-lines.ts";

/** What became of each slot. */
export interface Resolution {
  /** By slot: where the line is taken from; see `taken`. */
  readonly outcome: Uint8Array;
  readonly decisions: readonly Decision[];
  readonly conflicts: readonly Conflict[];
  /** Slots in conflict. */
  readonly conflicting: readonly number[];
  /** Lines that somebody gave in place of both sides', by slot. */
  readonly given: ReadonlyMap<number, string>;
}

/** Values of `Resolution.outcome`. A slot in conflict stands in both sides. */
export const outcome = { gone: 0, base: 1, ours: 2, theirs: 3, conflict: 4, given: 5 } as const;

interface Context {
  readonly tables: PerFile<LineTable>;
  readonly slots: LineSlots;
  readonly decisions: Decision[];
  readonly conflicts: Conflict[];
  readonly choices: Choices | undefined;
  readonly given: Map<number, string>;
}

/** Resolves every slot: additions stay, removals are honoured, one-sided edits win, the rest is a conflict. */
export function resolveLines(tables: PerFile<LineTable>, slots: LineSlots, choices?: Choices): Resolution {
  const context: Context = { tables, slots, decisions: [], conflicts: [], choices, given: new Map() };
  const outcomes = new Uint8Array(slots.count);
  const conflicting: number[] = [];
  for (let slot = 0; slot < slots.count; slot++) {
    const decided = resolveSlot(context, slot);
    outcomes[slot] = decided;
    if (decided === outcome.conflict) conflicting.push(slot);
  }
  const { decisions, conflicts, given } = context;
  return { outcome: outcomes, decisions, conflicts, conflicting, given };
}

function resolveSlot(context: Context, slot: number): number {
  const { lines } = context.slots;
  const inBase = (lines.base[slot] ?? -1) >= 0;
  const inOurs = (lines.ours[slot] ?? -1) >= 0;
  const inTheirs = (lines.theirs[slot] ?? -1) >= 0;
  if (inOurs && inTheirs) return resolveBoth(context, slot, inBase);
  if (!inOurs && !inTheirs) return outcome.gone;
  const side: FileName = inOurs ? "ours" : "theirs";
  if (!inBase) return outcome[side];
  if (isSameText(context, slot, "base", side)) return outcome.gone;
  // One side removed the record, the other wrote a new line for it: as a set of lines, that is an addition.
  const edited = textOf(context, slot, side);
  context.decisions.push({
    at: recordName(context, slot),
    rule: "set",
    base: textOf(context, slot, "base"),
    ours: inOurs ? edited : null,
    theirs: inTheirs ? edited : null,
    result: edited,
  });
  return outcome[side];
}

function resolveBoth(context: Context, slot: number, inBase: boolean): number {
  if (isSameText(context, slot, "ours", "theirs")) return chooseSpelling(context, slot, inBase);
  if (inBase && isSameText(context, slot, "base", "ours")) return outcome.theirs;
  if (inBase && isSameText(context, slot, "base", "theirs")) return outcome.ours;
  const ours = contentOf(context, slot, "ours");
  const theirs = contentOf(context, slot, "theirs");
  const copy = inBase ? null : mergeEventCopies(ours, theirs);
  if (copy !== null) {
    context.decisions.push({
      at: recordName(context, slot),
      rule: "min",
      base: null,
      ours: textOf(context, slot, "ours"),
      theirs: textOf(context, slot, "theirs"),
      result: textOf(context, slot, copy),
    });
    return outcome[copy];
  }
  const how = inBase ? "both sides changed this line" : "both sides added a line with this key";
  return chooseLine(context, slot, inBase, `${how}, each in its own way`);
}

/** Takes the line that somebody chooses, or leaves both. */
function chooseLine(context: Context, slot: number, inBase: boolean, reason: string): number {
  const at = recordName(context, slot);
  const versions = {
    base: inBase ? textOf(context, slot, "base") : null,
    ours: textOf(context, slot, "ours"),
    theirs: textOf(context, slot, "theirs"),
  };
  const choice = context.choices?.choose({ at, reason, ...versions, newer: null });
  if (choice === undefined) {
    context.conflicts.push({ at, reason });
    return outcome.conflict;
  }
  const result = typeof choice === "string" ? versions[choice] : choice.text;
  context.decisions.push({ at, rule: "chosen", ...versions, result });
  if (typeof choice === "string") return outcome[choice];
  context.given.set(slot, choice.text);
  return outcome.given;
}

/** Both sides say the same: takes the spelling (white space, key order, terminator) of the side that changed it. */
function chooseSpelling(context: Context, slot: number, inBase: boolean): number {
  const ours = spellingOf(context, slot, "ours");
  const theirs = spellingOf(context, slot, "theirs");
  if (ours.equals(theirs)) return outcome.ours;
  if (inBase) {
    const base = spellingOf(context, slot, "base");
    if (base.equals(ours)) return outcome.theirs;
    if (base.equals(theirs)) return outcome.ours;
  }
  const oursOpen = isOpen(context, slot, "ours");
  if (oursOpen !== isOpen(context, slot, "theirs")) return oursOpen ? outcome.theirs : outcome.ours;
  return ours.compare(theirs) < 0 ? outcome.ours : outcome.theirs;
}

function isSameText(context: Context, slot: number, left: FileName, right: FileName): boolean {
  // Lines without a key share a slot because their text is the same.
  if (slot >= context.slots.keyedCount) return true;
  const leftContent = contentOf(context, slot, left);
  const rightContent = contentOf(context, slot, right);
  if (leftContent.equals(rightContent)) return true;
  const canonical = canonicalLine(leftContent);
  return canonical !== null && canonical === canonicalLine(rightContent);
}

function lineOf(context: Context, slot: number, file: FileName): number {
  return context.slots.lines[file][slot] ?? 0;
}

function contentOf(context: Context, slot: number, file: FileName): Buffer {
  return lineContent(context.tables[file], lineOf(context, slot, file));
}

function spellingOf(context: Context, slot: number, file: FileName): Buffer {
  return lineBytes(context.tables[file], lineOf(context, slot, file));
}

function isOpen(context: Context, slot: number, file: FileName): boolean {
  return isUnterminated(context.tables[file], lineOf(context, slot, file));
}

function textOf(context: Context, slot: number, file: FileName): string {
  return contentOf(context, slot, file).toString();
}

/** The key of a record, as people read it. */
function recordName(context: Context, slot: number): string {
  const file = fileNames.find((name) => (context.slots.lines[name][slot] ?? -1) >= 0) ?? "ours";
  const key = lineKey(context.tables[file], lineOf(context, slot, file)).toString();
  return key.startsWith('"') ? key.slice(1, -1) : key;
}
