import type { ByteName } from "../git/byte-name.ts";
import type { ChangedPaths } from "../git/changed-paths.ts";

/**
 * Finds what git has to merge file by file when it merges two sides, as long as it is sure that nothing else can go wrong: no
 * path is a folder of the other side's, and neither side could have renamed a file or a folder into which the other put something.
 *
 * @returns the paths that both sides have changed or added as files; null when in doubt.
 */
export function contestedPaths(ours: ChangedPaths, theirs: ChangedPaths): readonly ByteName[] | null {
  // A rename is a removal and an addition; what the other side added may then be moved with the folder.
  if ((ours.removes && theirs.adds) || (theirs.removes && ours.adds)) return null;
  if (isFolderOf(ours, theirs) || isFolderOf(theirs, ours)) return null;
  const contested = [...ours.changed.keys()].filter((name) => theirs.changed.has(name));
  const isFile = (status: string | undefined): boolean => status === "A" || status === "M";
  const areFiles = contested.every(
    (name) => isFile(ours.changed.get(name)) && isFile(theirs.changed.get(name)),
  );
  return areFiles ? contested : null;
}

/** True when the other side has changed a folder on the way to one of our paths into something else. */
function isFolderOf({ changed }: ChangedPaths, other: ChangedPaths): boolean {
  for (const name of changed.keys()) {
    for (let at = name.indexOf("/"); at !== -1; at = name.indexOf("/", at + 1)) {
      if (other.changed.has(name.slice(0, at))) return true;
    }
  }
  return false;
}
