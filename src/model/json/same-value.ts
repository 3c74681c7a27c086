import { canonicalJson } from "./canonical-json.ts";
import type { JsonArray, JsonNode, JsonObject } from "./json-node.ts";

/** Whether two values have the same canonical text; found without writing that, which takes memory for each level. */
export function sameValue(a: JsonNode, b: JsonNode): boolean {
  if (a.raw === b.raw && a.raw !== "") return true;
  if (a.kind === "array") return b.kind === "array" && sameElements(a, b);
  if (a.kind === "object") return b.kind === "object" && sameMembers(a, b);
  return b.kind === "scalar" && canonicalJson(a) === canonicalJson(b);
}

function sameElements(a: JsonArray, b: JsonArray): boolean {
  if (a.elements.length !== b.elements.length) return false;
  for (const [index, { value }] of a.elements.entries()) {
    const other = b.elements[index]?.value;
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}

function sameMembers(a: JsonObject, b: JsonObject): boolean {
  if (a.members.length !== b.members.length) return false;
  let byKey: Map<string, JsonNode> | undefined;
  for (const [index, { key, value }] of a.members.entries()) {
    const opposite = b.members[index];
    byKey ??=
      opposite?.key === key ? undefined : new Map(b.members.map((member) => [member.key, member.value]));
    const other = opposite?.key === key ? opposite.value : byKey?.get(key);
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}
