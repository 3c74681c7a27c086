import { canonicalJson } from "../../model/json/canonical-json.ts";
import { parseJson } from "../../model/json/parse-json.ts";

/** One line of a table, without its line break. */
export interface Row {
  readonly text: string;
  /** Canonical JSON of the record's id; undefined for a line that has none. */
  id?: string | undefined;
}

export interface Table {
  /** A byte order mark, or nothing. */
  readonly mark: string;
  readonly rows: readonly Row[];
  /** What follows the last row: a line break, or nothing. */
  readonly end: string;
}

export function splitRows(text: string): Table {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const body = text.slice(mark.length);
  const end = body.endsWith("\n") ? "\n" : "";
  if (body === "") return { mark, rows: [], end };
  const lines = (end === "" ? body : body.slice(0, -1)).split("\n");
  return { mark, rows: lines.map((line) => ({ text: line })), end };
}

/** Rows by a key that is unique in each version and the same for the same record, or line, in all. */
export type KeyedRows = ReadonlyMap<string, Row>;

/** `keyTables` for the three versions of a merge. */
export function keyRows(
  tables: { base: Table; ours: Table; theirs: Table },
  idKey: string,
): { base: KeyedRows; ours: KeyedRows; theirs: KeyedRows } {
  const none: KeyedRows = new Map();
  const [base = none, ours = none, theirs = none] = keyTables(
    [tables.base, tables.ours, tables.theirs],
    idKey,
  );
  return { base, ours, theirs };
}

/**
 * Keys the rows of several versions: by id, where no version has the id twice; else by their text and, for equal lines,
 * by how many stood before.
 */
export function keyTables(tables: readonly Table[], idKey: string): readonly KeyedRows[] {
  // Lines that several versions share are parsed once.
  const ids = new Map<string, string | undefined>();
  const repeated = new Set<string>();
  for (const { rows } of tables) {
    const seen = new Set<string>();
    for (const row of rows) {
      if (!ids.has(row.text)) ids.set(row.text, idOf(row.text, idKey));
      row.id = ids.get(row.text);
      if (row.id === undefined) continue;
      if (seen.has(row.id)) repeated.add(row.id);
      seen.add(row.id);
    }
  }
  return tables.map((table) => {
    const keyed = new Map<string, Row>();
    const counts = new Map<string, number>();
    for (const row of table.rows) {
      if (row.id !== undefined && !repeated.has(row.id)) {
        keyed.set(idPrefix + row.id, row);
        continue;
      }
      const count = counts.get(row.text) ?? 0;
      counts.set(row.text, count + 1);
      keyed.set(`${linePrefix}${count} ${row.text}`, row);
    }
    return keyed;
  });
}

const idPrefix = "id ";
const linePrefix = "line ";

/** Orders rows for which no version says more: numbers by size, all else by code unit. */
export function compareRowKeys(a: string, b: string): number {
  const [x, y] = [numericId(a), numericId(b)];
  if (x !== undefined && y !== undefined && x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether the key is a record's id; else it is a line's text. */
export function isRecordKey(key: string): boolean {
  return key.startsWith(idPrefix);
}

/** What a message calls the row. */
export function placeOfRow(key: string): string {
  if (!isRecordKey(key)) return key.slice(0, 80);
  const id = key.slice(idPrefix.length);
  return id.startsWith('"') ? id.slice(1, -1) : id;
}

function numericId(key: string): number | undefined {
  if (!isRecordKey(key)) return undefined;
  const value = Number(key.slice(idPrefix.length));
  return Number.isFinite(value) ? value : undefined;
}

function idOf(text: string, idKey: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, idKey))
    return undefined;
  const id: unknown = Object.getOwnPropertyDescriptor(value, idKey)?.value;
  if (typeof id === "string") return JSON.stringify(id);
  if (typeof id !== "number") return undefined;
  if (Number.isSafeInteger(id)) return String(id);
  // Other numbers are compared as they are written.
  const parsed = parseJson(text);
  if (parsed.kind === "invalid" || parsed.document.root.kind !== "object") return undefined;
  const member = parsed.document.root.members.find((candidate) => candidate.key === idKey);
  return member === undefined ? undefined : canonicalJson(member.value);
}
