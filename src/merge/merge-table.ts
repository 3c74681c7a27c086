import { limits } from "../base/limits.ts";
import { pathRuleFor } from "../model/path-pattern.ts";
import { parseJson } from "../model/json/parse-json.ts";
import { hasConflictMarkers, markConflicts } from "./conflict-markers.ts";
import { chooseOrConflict } from "./json/merge-context.ts";
import { mergeRecord } from "./json/merge-record.ts";
import { type Segment, segmentsOf, sideText } from "./json/output.ts";
import type { Choices, Conflict, Decision, Merge, MergeOptions } from "./merge-result.ts";
import { pick, pickAny } from "./pick.ts";
import { mergeKeyOrder } from "./sequence/merge-order.ts";
import {
  compareRowKeys,
  isRecordKey,
  type KeyedRows,
  keyRows,
  placeOfRow,
  type Row,
  splitRows,
  type Table,
} from "./table/rows.ts";
import { decodeVersions } from "./text-versions.ts";
import { trivialMerge } from "./trivial-merge.ts";
import { documentStartLength, isWholeDocument } from "./whole-document.ts";

/**
 * Merges JSONL of records that an id identifies (an issue tracker's export, say): record by record, each like an entity.
 * Lines without an id, with an id that one version has twice, or that are no JSON are merged as a set of lines:
 * none is dropped, none is doubled. Rows keep their order, and stay sorted where both sides are.
 */
export const mergeTable: Merge = (inputs, options) => {
  const trivial = trivialMerge(inputs);
  if (trivial !== undefined) return trivial;
  for (const [name, bytes] of Object.entries(inputs)) {
    if (bytes !== null && bytes.length > limits.tableBytes) {
      return { kind: "unmergeable", reason: `${name} is larger than ${limits.tableBytes} bytes` };
    }
  }
  const versions = decodeVersions(inputs, { anyBytes: true });
  if (versions.kind === "undecodable") return { kind: "unmergeable", reason: versions.reason };
  for (const name of ["base", "ours", "theirs"] as const) {
    const text = versions[name] ?? "";
    if (hasConflictMarkers(text, options.markerSize))
      return { kind: "unmergeable", reason: `${name} holds conflict markers` };
    if (isWholeDocument(text.slice(0, documentStartLength), text.length, () => text))
      return { kind: "unmergeable", reason: `${name} is one JSON document, not a record to each line` };
  }
  const [base, ours, theirs] = [
    splitRows(versions.base ?? ""),
    splitRows(versions.ours),
    splitRows(versions.theirs),
  ];
  const merged = mergeRows({ base, ours, theirs }, options);
  const start = pick(versions.base === undefined ? undefined : base.mark, ours.mark, theirs.mark);
  const end = pickAny(base.rows.length === 0 ? undefined : base.end, endOf(ours), endOf(theirs)) ?? "\n";
  const segments: Segment[] = [start, ...withEnd(merged.segments, end)];
  const { decisions, conflicts } = merged;
  if (conflicts.length === 0) {
    return { kind: "merged", chunks: [versions.encode(sideText(segments, "ours"))], decisions };
  }
  return {
    kind: "conflict",
    chunks: [versions.encode(markConflicts(segments, options))],
    decisions,
    conflicts,
  };
};

interface MergedRows {
  readonly segments: readonly Segment[];
  readonly decisions: readonly Decision[];
  readonly conflicts: readonly Conflict[];
}

function mergeRows(tables: { base: Table; ours: Table; theirs: Table }, options: MergeOptions): MergedRows {
  const pathRule = pathRuleFor(options.policy, options.path);
  const { base, ours, theirs } = keyRows(tables, pathRule?.key ?? "id");
  const decisions: Decision[] = [];
  const conflicts: Conflict[] = [];
  const merged = new Map<string, Segment>();
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const versions = { base: base.get(key), ours: ours.get(key), theirs: theirs.get(key) };
    const untouched = untouchedRow(versions);
    if (untouched !== "contested") {
      if (untouched !== undefined) merged.set(key, `${untouched.text}\n`);
      continue;
    }
    const place = placeOfRow(key);
    const { policy, choices } = options;
    const row = mergeRow(versions, { policy, choices, pathType: pathRule?.type, place });
    for (const decision of row.decisions) decisions.push(decision);
    for (const conflict of row.conflicts) conflicts.push(conflict);
    if (row.segment !== undefined) merged.set(key, row.segment);
  }
  keepContestedCopies({ ours, theirs }, merged, { choices: options.choices, conflicts, decisions });
  const order = mergeKeyOrder({ base, ours, theirs }, new Set(merged.keys()), compareRowKeys);
  return { segments: order.map((key) => merged.get(key) ?? ""), decisions, conflicts };
}

/**
 * Where a version has an id twice and each side removed the copies that the other kept, no record would be left that
 * both sides still have: keeps the copies of both, in conflict, or those of the side that somebody chooses.
 */
function keepContestedCopies(
  sides: { readonly ours: KeyedRows; readonly theirs: KeyedRows },
  merged: Map<string, Segment>,
  context: { choices: Choices | undefined; conflicts: Conflict[]; decisions: Decision[] },
): void {
  const [ours, theirs] = [copiesById(sides.ours), copiesById(sides.theirs)];
  for (const [id, ourKeys] of ours) {
    const theirKeys = theirs.get(id);
    if (theirKeys === undefined || [...ourKeys, ...theirKeys].some((key) => merged.has(key))) continue;
    const [our, their] = [textsOf(sides.ours, ourKeys), textsOf(sides.theirs, theirKeys)];
    const choice = chooseOrConflict(context, {
      at: id,
      reason: "each side removed the copies of the record that the other kept",
      base: null,
      ours: our.join("\n"),
      theirs: their.join("\n"),
      newer: null,
    });
    if (typeof choice === "object") merged.set(ourKeys[0] ?? id, `${choice.text}\n`);
    if (typeof choice === "object") continue;
    for (const [index, key] of ourKeys.entries()) {
      const text = `${our[index]}\n`;
      if (choice !== "theirs") merged.set(key, choice === "ours" ? text : { ours: text, theirs: "" });
    }
    for (const [index, key] of theirKeys.entries()) {
      const text = `${their[index]}\n`;
      if (choice !== "ours") merged.set(key, choice === "theirs" ? text : { ours: "", theirs: text });
    }
  }
}

function textsOf(rows: KeyedRows, keys: readonly string[]): string[] {
  return keys.map((key) => rows.get(key)?.text ?? "");
}

/** Keys of rows that are told apart by their text though they have an id. */
function copiesById(rows: KeyedRows): Map<string, string[]> {
  const copies = new Map<string, string[]>();
  for (const [key, { id }] of rows) {
    if (id === undefined || isRecordKey(key)) continue;
    const known = copies.get(id);
    if (known === undefined) copies.set(id, [key]);
    else known.push(key);
  }
  return copies;
}

interface RowVersions {
  readonly base: Row | undefined;
  readonly ours: Row | undefined;
  readonly theirs: Row | undefined;
}

/** The row where at most one side changed it. */
function untouchedRow({ base, ours, theirs }: RowVersions): Row | undefined | "contested" {
  if (ours?.text === theirs?.text || base?.text === theirs?.text) return ours;
  return base?.text === ours?.text ? theirs : "contested";
}

interface MergedRow {
  /** Undefined when the row is gone. */
  readonly segment: Segment | undefined;
  readonly decisions: readonly Decision[];
  readonly conflicts: readonly Conflict[];
}

function mergeRow(
  versions: RowVersions,
  options: Pick<MergeOptions, "policy"> & {
    readonly choices: Choices | undefined;
    readonly pathType: string | undefined;
    readonly place: string;
  },
): MergedRow {
  const line = (text: string | undefined): string => (text === undefined ? "" : `${text}\n`);
  const bothLines = { ours: line(versions.ours?.text), theirs: line(versions.theirs?.text) };
  const asLines = (reason: string): MergedRow => {
    const found: { conflicts: Conflict[]; decisions: Decision[] } = { conflicts: [], decisions: [] };
    const choice = chooseOrConflict(
      { choices: options.choices, ...found },
      {
        at: options.place,
        reason,
        base: versions.base?.text ?? null,
        ours: versions.ours?.text ?? null,
        theirs: versions.theirs?.text ?? null,
        newer: null,
      },
    );
    const chosen = typeof choice === "object" ? line(choice.text) : choice && bothLines[choice];
    return { segment: chosen ?? bothLines, ...found };
  };
  const parse = (row: Row | undefined) => (row === undefined ? undefined : parseJson(row.text));
  const [base, ours, theirs] = [parse(versions.base), parse(versions.ours), parse(versions.theirs)];
  for (const parsed of [ours, theirs]) {
    if (parsed?.kind === "invalid")
      return asLines(`a changed line is not JSON we can merge: ${parsed.problem.reason}`);
  }
  if (ours?.kind === "invalid" || theirs?.kind === "invalid") return asLines("not JSON");
  const root = base?.kind === "parsed" ? base.document.root : undefined;
  const record = mergeRecord(
    { base: root, ours: ours?.document.root, theirs: theirs?.document.root },
    options,
  );
  const { decisions, conflicts, output } = record;
  if (output === undefined) return { segment: undefined, decisions, conflicts };
  if (output.kind === "choice") return { segment: bothLines, decisions, conflicts };
  const around = (read: (document: { before: string; after: string }) => string): string =>
    pickAny(
      base?.kind === "parsed" ? read(base.document) : undefined,
      ours && read(ours.document),
      theirs && read(theirs.document),
    ) ?? "";
  const inner = segmentsOf(output);
  const whole = (side: "ours" | "theirs"): string =>
    line(around(({ before }) => before) + sideText(inner, side) + around(({ after }) => after));
  const [a, b] = [whole("ours"), whole("theirs")];
  for (const text of [a, b]) {
    if (parseJson(text).kind === "invalid") return asLines("the merged line would not parse");
  }
  return { segment: conflicts.length === 0 ? a : { ours: a, theirs: b }, decisions, conflicts };
}

function endOf(table: Table): string | undefined {
  return table.rows.length === 0 ? undefined : table.end;
}

/** The last line ends as the versions' last lines do. */
function withEnd(segments: readonly Segment[], end: string): Segment[] {
  const last = segments.at(-1);
  if (end !== "" || last === undefined) return [...segments];
  const cut = (text: string): string => text.replace(/\r?\n$/, "");
  return [
    ...segments.slice(0, -1),
    typeof last === "string" ? cut(last) : { ours: cut(last.ours), theirs: cut(last.theirs) },
  ];
}
