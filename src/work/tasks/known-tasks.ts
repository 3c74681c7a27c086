import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { systemCode } from "../../lock/file/lock-files.ts";
import { isPlainObject, type PlainJson, plainJson } from "../../model/json/plain-json.ts";
import { parseJson } from "../../model/json/parse-json.ts";

/** Ids of the tasks that stand in a work tree, as its files name them; none where a symbolic link leads elsewhere. */
export function taskIdsIn(workTree: string): readonly string[] {
  const folder = taskFolder(workTree);
  if (folder === null) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .map((name) => name.slice(0, -".json".length));
}

/** The fields of a task as another work tree's file has them; null where there is none or it can't be read. */
export function taskIn(workTree: string, id: string): { readonly [field: string]: PlainJson } | null {
  const folder = taskFolder(workTree);
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

function taskFolder(workTree: string): string | null {
  let folder = workTree;
  for (const name of [".got", "entities", "task"]) {
    folder = path.join(folder, name);
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
  }
  return folder;
}
