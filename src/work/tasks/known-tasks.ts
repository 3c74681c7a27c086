import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { isPlainObject, type PlainJson, plainJson } from "../../model/json/plain-json.ts";
import { parseJson } from "../../model/json/parse-json.ts";
import { entityFolder, entityIdsIn } from "../entity-ids.ts";

/** Ids of the tasks that stand in a work tree. */
export function taskIdsIn(workTree: string): readonly string[] {
  return entityIdsIn(workTree, "task");
}

/** Whether something stands in a work tree where the task's file would be. */
export function hasTask(workTree: string, id: string): boolean {
  const file = taskFile(workTree, id);
  return file !== null && lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** The fields of a task as another work tree's file has them; null where there is none, `unreadable` e.g. in a merge conflict. */
export function taskIn(
  workTree: string,
  id: string,
): { readonly [field: string]: PlainJson } | "unreadable" | null {
  const file = taskFile(workTree, id);
  const stats = file === null ? undefined : lstatSync(file, { throwIfNoEntry: false });
  if (file === null || stats === undefined) return null;
  if (!stats.isFile()) return "unreadable";
  try {
    const parsed = parseJson(readFileSync(file, "utf8"));
    const root = parsed.kind === "parsed" ? plainJson(parsed.document.root) : null;
    return isPlainObject(root) ? root : "unreadable";
  } catch {
    return "unreadable";
  }
}

function taskFile(workTree: string, id: string): string | null {
  const folder = entityFolder(workTree, "task");
  return folder === null ? null : path.join(folder, `${id}.json`);
}
