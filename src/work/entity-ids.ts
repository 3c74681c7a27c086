import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";

/** Ids of the entities of a type that stand in a work tree, as their files name them; none where a symbolic link leads elsewhere. */
export function entityIdsIn(workTree: string, type: string): readonly string[] {
  const folder = entityFolder(workTree, type);
  if (folder === null) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .map((name) => name.slice(0, -".json".length));
}

/** The folder of a type's files; null where there is none that is not reached through a link. */
export function entityFolder(workTree: string, type: string): string | null {
  let folder = workTree;
  for (const name of [".got", "entities", type]) {
    folder = path.join(folder, name);
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
  }
  return folder;
}
