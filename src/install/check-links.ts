import { lstatSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";

/**
 * Refuses to write through a symbolic link inside a work tree: a tracked link (`.got`, `.husky`) could lead anywhere.
 * And to begin where a file stands in a directory's place: half of an installation would be left.
 *
 * @throws GotError INSTALL_CONFLICT naming the link or the file.
 */
export function checkLinks(files: readonly string[], worktrees: readonly string[]): void {
  for (const file of files) {
    const top = worktrees.find((worktree) => file.startsWith(worktree + path.sep));
    if (top === undefined) continue;
    for (let at = path.dirname(file); at !== top && at.length > top.length; at = path.dirname(at)) {
      const found = lstatSync(at, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() === true) throw linked(at, file);
      if (found?.isDirectory() === false) throw noDirectory(at, file);
    }
  }
}

function linked(link: string, file: string): GotError {
  return new GotError("INSTALL_CONFLICT", `${link} is a symbolic link; ${file} is not written through it`, {
    facts: { link, file },
    hint: "Replace the link with a directory, then install again.",
  });
}

function noDirectory(found: string, file: string): GotError {
  return new GotError("INSTALL_CONFLICT", `${found} is not a directory; ${file} cannot be written`, {
    facts: { found, file },
    hint: "Move it away, then install again.",
  });
}
