import type { JsonArray, JsonNode, JsonObject } from "./json-node.ts";

const known = new WeakMap<JsonNode, string>();

/**
 * The canonical text of a value: keys sorted by UTF-16 code unit, no white space, strings with the fewest escapes
 * (as `JSON.stringify` writes them), numbers exactly as written. Two values are the same to a merge if and only if
 * their canonical texts are equal; so `1.0` and `1` differ, and `"\u0041"` and `"A"` do not.
 */
export function canonicalJson(node: JsonNode): string {
  // Scalars are most of a document, and a weak map of them all would cost more than writing them again.
  if (node.kind === "scalar") return node.raw.includes("\\") ? canonicalString(node.raw) : node.raw;
  const cached = known.get(node);
  if (cached !== undefined) return cached;
  const text = node.kind === "array" ? canonicalArray(node) : canonicalObject(node);
  known.set(node, text);
  return text;
}

function canonicalString(raw: string): string {
  return JSON.stringify(decodeString(raw));
}

function canonicalArray({ elements }: JsonArray): string {
  return `[${elements.map(({ value }) => canonicalJson(value)).join(",")}]`;
}

function canonicalObject({ members }: JsonObject): string {
  const sorted = [...members].sort((a, b) => (a.key < b.key ? -1 : 1));
  return `{${sorted.map(({ key, value }) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(",")}}`;
}

/** The value of a string token that a parser has accepted. */
export function decodeString(raw: string): string {
  const value: unknown = JSON.parse(raw);
  return typeof value === "string" ? value : "";
}
