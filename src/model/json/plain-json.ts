import { decodeString } from "./canonical-json.ts";
import type { JsonNode } from "./json-node.ts";

/** A JSON value as plain JavaScript; objects have no prototype, so `__proto__` and `constructor` are ordinary keys. */
export type PlainJson = string | number | boolean | null | PlainJson[] | { [key: string]: PlainJson };

/** Converts a parsed value. Numbers become doubles: use it for settings, never for data that is written back. */
export function plainJson(node: JsonNode): PlainJson {
  switch (node.kind) {
    case "array":
      return node.elements.map((element) => plainJson(element.value));
    case "object": {
      const result: { [key: string]: PlainJson } = Object.create(null);
      for (const member of node.members) result[member.key] = plainJson(member.value);
      return result;
    }
    case "scalar":
      if (node.raw.startsWith('"')) return decodeString(node.raw);
      if (node.raw === "null") return null;
      if (node.raw === "true" || node.raw === "false") return node.raw === "true";
      return Number(node.raw);
  }
}

/** True for an object made by `plainJson`. */
export function isPlainObject(value: PlainJson | undefined): value is { [key: string]: PlainJson } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
