import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { systemCode } from "../../lock/file/lock-files.ts";
import { isPlainObject, type PlainJson, plainJson } from "../../model/json/plain-json.ts";
import { parseJson } from "../../model/json/parse-json.ts";
import { entityFolder, entityIdsIn } from "../entity-ids.ts";

/** Ids of the tasks that stand in a work tree. */
export function taskIdsIn(workTree: string): readonly string[] {
  return entityIdsIn(workTree, "task");
}

/** The fields of a task as another work tree's file has them; null where there is none or it can't be read. */
export function taskIn(workTree: string, id: string): { readonly [field: string]: PlainJson } | null {
  const folder = entityFolder(workTree, "task");
  if (folder === null) return null;
  const file = path.join(folder, `${id}.json`);
  try {
    if (!lstatSync(file).isFile()) return null;
    const parsed = parseJson(readFileSync(file, "utf8"));
    const root = parsed.kind === "parsed" ? plainJson(parsed.document.root) : null;
    return root !== null && isPlainObject(root) ? root : null;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}
