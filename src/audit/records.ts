import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { limits } from "../base/limits.ts";
import { keyOf } from "../merge/json/merge-keyed-array.ts";
import { keyTables, placeOfRow, type Row, splitRows, type Table } from "../merge/table/rows.ts";
import { canonicalJson, decodeString } from "../model/json/canonical-json.ts";
import type { JsonNode } from "../model/json/json-node.ts";
import { parseJson } from "../model/json/parse-json.ts";
import { pathRuleFor } from "../model/path-pattern.ts";
import type { DriverKind, Policy } from "../model/policy.ts";
import { knowsType, ruleFor } from "../model/rule-for.ts";

/** One value of a record: a scalar, an empty container, an element of a list, or a whole line. */
export interface Leaf {
  /** As a decision names it: `notes`, `checklist["c1"].done`; with the record's id before it in a table or log. */
  readonly at: string;
  /** Canonical JSON, or a line's text. */
  readonly value: string;
}

/** A record of a table, a line of a log, a whole document. */
export interface AuditRecord {
  /** Its id; empty for the one record of a document. */
  readonly at: string;
  /** Canonical JSON of its id, where it has one; several records of one version may have the same. */
  readonly id: string | undefined;
  /** As it stands in the file; the same text is the same record. */
  readonly text: string;
  /** By key, which is the same for the same value in all versions. */
  readonly leaves: () => ReadonlyMap<string, Leaf>;
}

/** The records of one version, by a key that is the same in all versions. */
export type Records = ReadonlyMap<string, AuditRecord>;

export type ReadRecords =
  | { readonly kind: "records"; readonly versions: readonly Records[] }
  /** A version is not what the driver understands; `version` counts from 0. */
  | { readonly kind: "unreadable"; readonly version: number; readonly reason: string };

/**
 * Takes several versions of a file apart into records and their values, so that they can be compared one by one.
 * Null stands for a version without the file.
 */
export function readRecords(
  kind: DriverKind,
  versions: readonly (Uint8Array | null)[],
  options: { readonly path: string; readonly policy: Policy },
): ReadRecords {
  const rule = pathRuleFor(options.policy, options.path);
  switch (kind) {
    case "log":
    case "table": {
      const isText = versions.every((bytes) => bytes === null || isUtf8(bytes));
      const tables = versions.map((bytes) => tableOf(bytes, isText ? "utf8" : "latin1"));
      const split = { policy: options.policy, pathType: rule?.type, whole: kind === "log" };
      const keyed = keyTables(tables, rule?.key ?? "id");
      return {
        kind: "records",
        versions: keyed.map(
          (rows) => new Map([...rows].map(([key, row]) => [key, rowRecord(placeOfRow(key), row, split)])),
        ),
      };
    }
    case "snapshot":
      return readDocuments(versions, { policy: options.policy, pathType: "snapshot", inflated: true });
    case "entity":
      return readDocuments(versions, { policy: options.policy, pathType: rule?.type, inflated: false });
  }
}

interface SplitOptions {
  readonly policy: Policy;
  readonly pathType: string | undefined;
  /** Lines are values as a whole: a log's lines are not merged inside. */
  readonly whole: boolean;
}

/** Blank lines are nobody's work, and a carriage return is no part of a line. */
function tableOf(bytes: Uint8Array | null, encoding: "utf8" | "latin1"): Table {
  const table = splitRows(Buffer.from(bytes ?? []).toString(encoding));
  const rows = table.rows.flatMap(({ text }) =>
    text.trim() === "" ? [] : [{ text: text.replace(/\r$/, "") }],
  );
  return { ...table, rows };
}

function rowRecord(at: string, { text, id }: Row, options: SplitOptions): AuditRecord {
  return {
    at,
    id,
    text,
    leaves: () => {
      const parsed = parseJson(text);
      if (parsed.kind === "invalid") return new Map([["", { at, value: text }]]);
      const { root } = parsed.document;
      return options.whole
        ? new Map([["", { at, value: canonicalJson(root) }]])
        : leavesOf(root, at, options);
    },
  };
}

function readDocuments(
  versions: readonly (Uint8Array | null)[],
  options: { readonly policy: Policy; readonly pathType: string | undefined; readonly inflated: boolean },
): ReadRecords {
  const read: Records[] = [];
  for (const [version, bytes] of versions.entries()) {
    if (bytes === null || bytes.length === 0) {
      read.push(new Map());
      continue;
    }
    const unreadable = (reason: string): ReadRecords => ({ kind: "unreadable", version, reason });
    let plain = bytes;
    if (options.inflated) {
      try {
        plain = gunzipSync(bytes, { maxOutputLength: limits.snapshotBytes });
      } catch (error) {
        return unreadable(`it is no readable gzip file: ${error instanceof Error ? error.message : "?"}`);
      }
    }
    if (plain.length > limits.jsonBytes) return unreadable(`it is larger than ${limits.jsonBytes} bytes`);
    if (!isUtf8(plain)) return unreadable("it is not valid UTF-8");
    const text = Buffer.from(plain).toString("utf8");
    const parsed = parseJson(text);
    if (parsed.kind === "invalid") {
      const { line, column, reason } = parsed.problem;
      return unreadable(`it is not JSON: line ${line}, column ${column}: ${reason}`);
    }
    const leaves = () => leavesOf(parsed.document.root, "", options);
    read.push(new Map([["", { at: "", id: undefined, text, leaves }]]));
  }
  return { kind: "records", versions: read };
}

/** Every value of a record. Elements of a list are told apart by their id, by the key that a rule names, else by their value. */
function leavesOf(
  root: JsonNode,
  place: string,
  options: Pick<SplitOptions, "policy" | "pathType">,
): ReadonlyMap<string, Leaf> {
  const { policy, pathType } = options;
  const own = keyOf(root, "type");
  const name = own?.startsWith('"') === true ? decodeString(own) : undefined;
  const type =
    name !== undefined && (knowsType(policy, name) || pathType === undefined) ? name : (pathType ?? "*");
  const leaves = new Map<string, Leaf>();
  const walk = (node: JsonNode, key: string, at: string, field: string): void => {
    if (node.kind === "object" && node.members.length > 0) {
      for (const member of node.members) {
        const inner = field === "" ? member.key : `${field}.${member.key}`;
        walk(member.value, `${key}\0.${member.key}`, at === "" ? member.key : `${at}.${member.key}`, inner);
      }
      return;
    }
    if (node.kind !== "array" || node.elements.length === 0) {
      leaves.set(key, { at, value: canonicalJson(node) });
      return;
    }
    const { rule } = ruleFor(policy, type, field);
    const idKey = rule.rule === "list" ? (rule.key ?? "id") : "id";
    const counts = new Map<string, number>();
    for (const { value } of node.elements) {
      const id = rule.rule === "set" ? undefined : keyOf(value, idKey);
      const element = id ?? canonicalJson(value);
      const count = counts.get(element) ?? 0;
      counts.set(element, count + 1);
      const inner = `${key}\0[${count === 0 ? "" : `${count} `}${element}`;
      if (id === undefined) leaves.set(inner, { at: `${at}[${element}]`, value: element });
      else walk(value, inner, `${at}[${element}]`, field);
    }
  };
  walk(root, "", place, "");
  return leaves;
}
