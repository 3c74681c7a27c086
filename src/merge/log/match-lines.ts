/**
 * Finds which lines of the three versions are the same line: each group gets one *slot*, and a version has at most one
 * line in a slot. Lines whose key (`id`) is unique in every version are the same record whatever else they say; of all
 * other lines the nth occurrence of one canonical text is the same as the nth occurrence elsewhere.
 */
import { canonicalLine } from "./canonical-line.ts";
import { HashTable } from "./hash-table.ts";
import { KeyFilter } from "./key-filter.ts";
import { lineFingerprint } from "./line-fingerprint.ts";
import { hasKey, type LineTable, lineContent, lineKey } from "./line-table.ts";
import { fileNames, perFile, type FileName, type PerFile } from "./log-files.ts";

export interface LineSlots {
  readonly count: number;
  /** Line by slot, -1 where the version has none. */
  readonly lines: PerFile<Int32Array>;
  /** Slot by line. */
  readonly slots: PerFile<Int32Array>;
  /** Slots below this number are records by key. */
  readonly keyedCount: number;
}

/**
 * Matches the lines of three versions.
 *
 * @param isShared tells that a key must not identify a record, because it stands elsewhere as well.
 */
export function matchLines(tables: PerFile<LineTable>, isShared?: (key: Buffer) => boolean): LineSlots {
  const total = tables.base.count + tables.ours.count + tables.theirs.count;
  const slots = perFile((file) => new Int32Array(tables[file].count).fill(-1));
  const lines = perFile(() => new Int32Array(total).fill(-1));
  const keyedCount = matchRecords(tables, slots, lines, isShared);
  const count = matchTexts(tables, slots, lines, keyedCount);
  return { count, lines, slots, keyedCount };
}

/** Gives a slot to each key that no version holds twice; returns how many. */
function matchRecords(
  tables: PerFile<LineTable>,
  slots: PerFile<Int32Array>,
  lines: PerFile<Int32Array>,
  isShared: ((key: Buffer) => boolean) | undefined,
): number {
  const filter = new KeyFilter(tables);
  const table = new HashTable(filter.repeatableCount);
  const lineOf = perFile(() => new Int32Array(filter.repeatableCount).fill(-1));
  const isRepeated = new Uint8Array(filter.repeatableCount);
  let count = 0;
  for (const file of fileNames) {
    const lineTable = tables[file];
    const slotOfLine = slots[file];
    const lineOfSlot = lines[file];
    for (let line = 0; line < lineTable.count; line++) {
      if (!hasKey(lineTable, line)) continue;
      if (isShared !== undefined && isShared(lineKey(lineTable, line))) continue;
      const hash = lineTable.keyHashes[line] ?? 0;
      if (!filter.mayRepeat(hash)) {
        lineOfSlot[count] = line;
        slotOfLine[line] = count++;
        continue;
      }
      const entry = table.findOrAdd(hash, (other) =>
        lineKey(lineTable, line).equals(keyOf(tables, lineOf, other)),
      );
      if ((lineOf[file][entry] ?? -1) >= 0) isRepeated[entry] = 1;
      else lineOf[file][entry] = line;
    }
  }
  for (let entry = 0; entry < table.size; entry++) {
    if (isRepeated[entry] === 1) continue;
    for (const file of fileNames) {
      const line = lineOf[file][entry] ?? -1;
      lines[file][count] = line;
      if (line >= 0) slots[file][line] = count;
    }
    count++;
  }
  return count;
}

function keyOf(tables: PerFile<LineTable>, lineOf: PerFile<Int32Array>, entry: number): Buffer {
  const file = fileNames.find((name) => (lineOf[name][entry] ?? -1) >= 0) ?? "base";
  return lineKey(tables[file], lineOf[file][entry] ?? 0);
}

/** Gives slots to the lines that have none yet; returns how many slots there are then. */
function matchTexts(
  tables: PerFile<LineTable>,
  slots: PerFile<Int32Array>,
  lines: PerFile<Int32Array>,
  firstSlot: number,
): number {
  const total = lines.base.length;
  if (fileNames.every((file) => !slots[file].includes(-1))) return firstSlot;
  const texts = new Texts(tables, total);
  // The slots of one text form a chain: first occurrence, second occurrence …
  const firstOfText = new Int32Array(total).fill(-1);
  const nextOfSlot = new Int32Array(total).fill(-1);
  let count = firstSlot;
  for (const file of fileNames) {
    const lastOfText = new Int32Array(total).fill(-1);
    for (let line = 0; line < tables[file].count; line++) {
      if ((slots[file][line] ?? -1) >= 0) continue;
      const text = texts.find(file, line);
      const last = lastOfText[text] ?? -1;
      let slot = (last < 0 ? firstOfText[text] : nextOfSlot[last]) ?? -1;
      if (slot < 0) {
        slot = count++;
        if (last < 0) firstOfText[text] = slot;
        else nextOfSlot[last] = slot;
      }
      lastOfText[text] = slot;
      lines[file][slot] = line;
      slots[file][line] = slot;
    }
  }
  return count;
}

/** The distinct canonical texts among lines. */
class Texts {
  readonly #tables: PerFile<LineTable>;
  readonly #table: HashTable;
  readonly #files: FileName[] = [];
  readonly #lines: number[] = [];
  readonly #canonical = new Map<number, string | null>();

  constructor(tables: PerFile<LineTable>, capacity: number) {
    this.#tables = tables;
    this.#table = new HashTable(capacity);
  }

  /** Returns the number of the line's text. */
  find(file: FileName, line: number): number {
    const content = lineContent(this.#tables[file], line);
    let canonical: string | null | undefined;
    const text = this.#table.findOrAdd(lineFingerprint(content), (other) => {
      const otherContent = lineContent(this.#tables[this.#files[other] ?? "base"], this.#lines[other] ?? 0);
      if (content.equals(otherContent)) return true;
      canonical ??= canonicalLine(content);
      return canonical !== null && canonical === this.#canonicalOf(other, otherContent);
    });
    if (text === this.#files.length) {
      this.#files.push(file);
      this.#lines.push(line);
    }
    return text;
  }

  #canonicalOf(text: number, content: Buffer): string | null {
    let canonical = this.#canonical.get(text);
    if (canonical === undefined) {
      canonical = canonicalLine(content);
      this.#canonical.set(text, canonical);
    }
    return canonical;
  }
}
