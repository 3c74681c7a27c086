import { isNestedTooDeep } from "./json/nesting.ts";
import type { JsonNode, JsonObject } from "./json/json-node.ts";
import { parseJson } from "./json/parse-json.ts";
import { type PlainJson, plainJson } from "./json/plain-json.ts";

/**
 * A versioned JSON document. `version`, `created_at`, `updated_at` and `updated_by` are the store's to write; everything else is
 * the entity's own, and what the store does not know it keeps.
 */
export interface Entity {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly updated_by?: string;
  readonly [field: string]: PlainJson | undefined;
}

/** What a caller writes: type, id and fields. Envelope members in it are ignored, members set to undefined left out. */
export interface EntityDraft {
  readonly id: string;
  readonly type: string;
  readonly [field: string]: PlainJson | undefined;
}

/** Members that the store writes by itself. */
export const envelopeMembers = ["version", "created_at", "updated_at", "updated_by", "checksum"] as const;

export type ParsedEntity =
  | { readonly kind: "parsed"; readonly entity: Entity }
  | {
      readonly kind: "invalid";
      readonly line: number;
      readonly reason: string;
      readonly hasMarkers: boolean;
    };

/**
 * Parses the text of an entity's file. Type and id have to be those of its path; a missing version counts as 0.
 *
 * @param care `quick` does not look for duplicate keys, of which the last one then counts: for listings, never before a write.
 */
export function parseEntity(
  text: string,
  ref: { readonly type: string; readonly id: string },
  care: "full" | "quick" = "full",
): ParsedEntity {
  const value = (care === "quick" ? parseQuickly(text) : undefined) ?? parsePlain(text);
  if (value.kind === "invalid") return value;
  const { root } = value;
  const invalid = (reason: string): ParsedEntity => ({ kind: "invalid", line: 1, reason, hasMarkers: false });
  if (typeof root !== "object" || root === null || Array.isArray(root))
    return invalid("it is not a JSON object");
  const { id, type, version } = root;
  if (type !== undefined && type !== ref.type)
    return invalid(`its type is ${show(type)}, but its folder is ${ref.type}`);
  if (id !== undefined && id !== ref.id)
    return invalid(`its id is ${show(id)}, but its file is that of ${ref.id}`);
  if (
    version !== undefined &&
    (typeof version !== "number" || !Number.isSafeInteger(version) || version < 0)
  ) {
    return invalid(`its version ${show(version)} is not a whole number`);
  }
  return { kind: "parsed", entity: { ...root, id: ref.id, type: ref.type, version: version ?? 0 } };
}

function parsePlain(
  text: string,
): { readonly kind: "plain"; readonly root: PlainJson } | Extract<ParsedEntity, { kind: "invalid" }> {
  const plain = parseOurLayout(text);
  if (plain !== undefined) return { kind: "plain", root: plain };
  const marker = /^(?:<{7,}|>{7,})(?: |\r?$)/m.exec(text);
  if (marker !== null) {
    const line = text.slice(0, marker.index).split("\n").length;
    return { kind: "invalid", line, reason: "it has conflict markers", hasMarkers: true };
  }
  const parsed = parseJson(text);
  if (parsed.kind === "invalid") {
    const { line, reason } = parsed.problem;
    return { kind: "invalid", line, reason: `it is not valid JSON: ${reason}`, hasMarkers: false };
  }
  return { kind: "plain", root: plainJson(parsed.document.root) };
}

function parseQuickly(text: string): { readonly kind: "plain"; readonly root: PlainJson } | undefined {
  // The careful parser says what is wrong with it.
  if (isNestedTooDeep(text)) return undefined;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse makes nothing else
    return { kind: "plain", root: JSON.parse(text) as PlainJson };
  } catch {
    return undefined;
  }
}

/** The last text that was found to be in our layout: a write parses its base, then formats on top of it. */
let lastInOurLayout: string | undefined;

/** The value of a text that is written as `layOut` writes it, so that nothing can be lost on the way; else undefined. */
function parseOurLayout(text: string): PlainJson | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse makes nothing else
    const value = JSON.parse(text) as PlainJson;
    if (text !== lastInOurLayout && layOut(value) !== text) return undefined;
    lastInOurLayout = text;
    return value;
  } catch {
    return undefined;
  }
}

function layOut(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * The text of an entity: two spaces, final newline, keys in the order that they had. Members that did not change keep their
 * source text, so `1.0` and integers of twenty digits stay themselves.
 *
 * @param before the text the value was read from, or null.
 * @returns the text, or why the value is no JSON.
 */
export function formatEntity(
  before: string | null,
  value: Readonly<Record<string, PlainJson | undefined>>,
): { readonly kind: "text"; readonly text: string } | { readonly kind: "invalid"; readonly reason: string } {
  if (before === null || before === lastInOurLayout || parseOurLayout(before) !== undefined) {
    const complaint = complaintAboutValue(value, "");
    return complaint === null
      ? { kind: "text", text: layOut(value) }
      : { kind: "invalid", reason: complaint };
  }
  const parsed = parseJson(before);
  const root =
    parsed.kind === "parsed" && parsed.document.root.kind === "object" ? parsed.document.root : undefined;
  try {
    return { kind: "text", text: `${formatObject(root, value, "", "")}\n` };
  } catch (error) {
    if (error instanceof NotJson) return { kind: "invalid", reason: error.message };
    throw error;
  }
}

class NotJson extends Error {}

function formatObject(
  before: JsonObject | undefined,
  value: Readonly<Record<string, PlainJson | undefined>>,
  indent: string,
  at: string,
): string {
  const inner = `${indent}  `;
  const lines: string[] = [];
  const known = new Set<string>();
  for (const member of before?.members ?? []) {
    known.add(member.key);
    const next = Object.hasOwn(value, member.key) ? value[member.key] : undefined;
    if (next !== undefined)
      lines.push(`${inner}${member.rawKey}: ${formatNext(member.value, next, inner, at + member.key)}`);
  }
  for (const [key, next] of Object.entries(value)) {
    if (known.has(key) || next === undefined) continue;
    lines.push(`${inner}${JSON.stringify(key)}: ${formatNew(next, inner, at + key)}`);
  }
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
}

function formatNext(before: JsonNode, next: PlainJson, indent: string, at: string): string {
  if (isSame(plainJson(before), next)) return formatNode(before, indent);
  if (before.kind === "object" && typeof next === "object" && next !== null && !Array.isArray(next)) {
    return formatObject(before, next, indent, `${at}.`);
  }
  return formatNew(next, indent, at);
}

function formatNode(node: JsonNode, indent: string): string {
  const inner = `${indent}  `;
  if (node.kind === "scalar") return node.raw;
  const parts =
    node.kind === "array"
      ? node.elements.map(({ value }) => formatNode(value, inner))
      : node.members.map(({ rawKey, value }) => `${rawKey}: ${formatNode(value, inner)}`);
  const [open, close] = node.kind === "array" ? ["[", "]"] : ["{", "}"];
  return parts.length === 0
    ? open + close
    : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

function formatNew(value: PlainJson, indent: string, at: string): string {
  const complaint = complaintAboutValue(value, at);
  if (complaint !== null) throw new NotJson(complaint);
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${indent}`);
}

/** Tells whether two values are the same JSON; the order of keys does not count. */
export function isSame(left: PlainJson | undefined, right: PlainJson | undefined): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null)
    return left === right;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isSame(item, right[index]));
  }
  const keys = definedKeys(left);
  if (keys.length !== definedKeys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]));
}

function definedKeys(value: { readonly [key: string]: PlainJson | undefined }): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}

/** Names of top-level members, the envelope's aside, in which two entities differ. */
export function changedFields(left: Entity | null, right: Entity | null): string[] {
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  const skipped: ReadonlySet<string> = new Set([...envelopeMembers, "id", "type"]);
  return [...keys].filter((key) => !skipped.has(key) && !isSame(left?.[key], right?.[key]));
}

/** Depth of a value that a caller may write; a file may nest as deep as `limits.jsonDepth`. */
const writtenDepth = 200;

function complaintAboutValue(value: unknown, at: string, depth = 0): string | null {
  const place = at === "" ? "the entity" : at;
  if (depth > writtenDepth) return `${place.slice(0, 80)}… nests deeper than ${writtenDepth}`;
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return null;
    case "number":
      return Number.isFinite(value) ? null : `${place} is ${value}, which JSON cannot hold`;
    case "object": {
      if (value === null) return null;
      for (const [key, item] of Object.entries(value)) {
        const complaint = complaintAboutValue(item, at === "" ? key : `${at}.${key}`, depth + 1);
        if (complaint !== null) return complaint;
      }
      return null;
    }
    case "bigint":
    case "function":
    case "symbol":
      return `${place} is a ${typeof value}, which JSON cannot hold`;
  }
}

function show(value: PlainJson): string {
  return JSON.stringify(value).slice(0, 80);
}
