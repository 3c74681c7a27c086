import { sha256Hex } from "../base/sha256.ts";
import { canonicalJson } from "./json/canonical-json.ts";
import type { JsonNode } from "./json/json-node.ts";

/**
 * The checksum of an entity: SHA-256 in lower-case hex over the canonical JSON of the object without its top-level
 * `checksum` member (keys by UTF-16 code unit, no white space, numbers as written). Null when it is no object.
 */
export function entityChecksum(root: JsonNode): string | null {
  if (root.kind !== "object") return null;
  const members = root.members.filter(({ key }) => key !== "checksum");
  // A new node, so that the canonical text that is remembered for the whole document is not taken for it.
  return sha256Hex(canonicalJson({ kind: "object", raw: "", members, close: "" }));
}
