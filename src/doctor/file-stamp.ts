import { lstatSync } from "node:fs";

/**
 * What tells a file from a later one with its name, and stays when it is renamed. Not the inode alone: file systems give the number of a
 * file that was removed to the next one.
 *
 * @returns null when there is none.
 */
export function fileStamp(file: string): string | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return null;
  return [found.dev, found.ino, found.size, found.mtimeNs, found.birthtimeNs].join(":");
}
