import { isUtf8, type Buffer } from "node:buffer";
import { limits } from "../../base/limits.ts";
import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonNode } from "../../model/json/json-node.ts";
import { parseJson } from "../../model/json/parse-json.ts";

/** Parses one line; null when it is not JSON. Invalid UTF-8 is read byte by byte, so that nothing is replaced. */
export function parseLine(line: Buffer): JsonNode | null {
  if (line.length > limits.jsonBytes) return null;
  const parsed = parseJson(line.toString(isUtf8(line) ? "utf8" : "latin1"));
  return parsed.kind === "parsed" ? parsed.document.root : null;
}

/** The canonical text of a line; null when it is not JSON. */
export function canonicalLine(line: Buffer): string | null {
  const node = parseLine(line);
  return node === null ? null : canonicalJson(node);
}
