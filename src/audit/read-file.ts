import { auditLimits } from "./audit-limits.ts";
import type { ObjectReader } from "../git/object-reader.ts";
import { missingObject, type TreeEntry } from "../git/tree-reader.ts";

/** A file of a commit; null where there is none. */
export type ReadFile =
  | { readonly kind: "read"; readonly bytes: Uint8Array | null }
  /** Not a plain file, or larger than `auditLimits.fileBytes`. */
  | { readonly kind: "unread"; readonly reason: string };

/** @throws GotError MISSING_OBJECT when it is not in this clone. */
export async function readFile(
  reader: ObjectReader,
  entry: TreeEntry | null,
  limitBytes: number = auditLimits.fileBytes,
): Promise<ReadFile> {
  if (entry === null) return { kind: "read", bytes: null };
  if (!entry.mode.startsWith("100")) return { kind: "unread", reason: "it is not a plain file" };
  const answer = await reader.read(entry.oid, limitBytes);
  if (answer.kind === "missing") throw missingObject(entry.oid);
  if (answer.kind === "too-large")
    return { kind: "unread", reason: `a version has ${answer.sizeBytes} bytes; ${limitBytes} are read` };
  return { kind: "read", bytes: answer.bytes };
}
