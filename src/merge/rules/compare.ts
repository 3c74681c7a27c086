import { canonicalJson, decodeString } from "../../model/json/canonical-json.ts";
import type { JsonNode } from "../../model/json/json-node.ts";
import { compareDecimals, parseDecimal } from "./decimal.ts";

/**
 * Compares two values of one kind for `max`, `min` and `latest`: numbers exactly, ISO-8601 stamps as instants,
 * other strings by code unit, false before true, null before everything.
 * Returns undefined where the kinds differ: no order holds between them.
 */
export function compareValues(a: JsonNode, b: JsonNode): number | undefined {
  if (canonicalJson(a) === canonicalJson(b)) return 0;
  if (a.kind !== "scalar" || b.kind !== "scalar") return undefined;
  if (a.raw === "null") return -1;
  if (b.raw === "null") return 1;
  const [kindA, kindB] = [a.raw.charAt(0), b.raw.charAt(0)];
  if (kindA === '"' && kindB === '"') return compareStrings(decodeString(a.raw), decodeString(b.raw));
  if ((kindA === "t" || kindA === "f") && (kindB === "t" || kindB === "f")) return kindA === "t" ? 1 : -1;
  const [numberA, numberB] = [parseDecimal(a.raw), parseDecimal(b.raw)];
  if (numberA === undefined || numberB === undefined) return undefined;
  return compareDecimals(numberA, numberB);
}

function compareStrings(a: string, b: string): number {
  const [instantA, instantB] = [parseInstant(a), parseInstant(b)];
  if (instantA !== undefined && instantB !== undefined && instantA !== instantB)
    return instantA < instantB ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const isoStamp = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,18}))?([Zz]|[+-]\d{2}:?\d{2})$/;

/** Attoseconds since 1970 of an ISO-8601 stamp with a zone; undefined for anything else. */
export function parseInstant(text: string): bigint | undefined {
  const match = isoStamp.exec(text);
  const [, clock, fraction = "", zone = "Z"] = match ?? [];
  if (clock === undefined) return undefined;
  const offset = /^[Zz]$/.test(zone) ? "Z" : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const milliseconds = Date.parse(`${clock.replace(/[t ]/, "T")}${offset}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 10n ** 15n + BigInt(fraction.padEnd(18, "0"));
}
