import type { JsonNode } from "./json-node.ts";

const known = new WeakMap<JsonNode, string>();

/**
 * The canonical text of a value: keys sorted by UTF-16 code unit, no white space, strings with the fewest escapes
 * (as `JSON.stringify` writes them), numbers exactly as written. Two values are the same to a merge if and only if
 * their canonical texts are equal; so `1.0` and `1` differ, and `"\u0041"` and `"A"` do not.
 */
export function canonicalJson(node: JsonNode): string {
  const cached = known.get(node);
  if (cached !== undefined) return cached;
  const text = canonicalText(node);
  known.set(node, text);
  return text;
}

function canonicalText(node: JsonNode): string {
  switch (node.kind) {
    case "scalar":
      return node.raw.startsWith('"') && node.raw.includes("\\")
        ? JSON.stringify(decodeString(node.raw))
        : node.raw;
    case "array":
      return `[${node.elements.map((element) => canonicalJson(element.value)).join(",")}]`;
    case "object":
      return `{${[...node.members]
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map((member) => `${JSON.stringify(member.key)}:${canonicalJson(member.value)}`)
        .join(",")}}`;
  }
}

/** The value of a string token that a parser has accepted. */
export function decodeString(raw: string): string {
  const value: unknown = JSON.parse(raw);
  return typeof value === "string" ? value : "";
}
