import { lstatSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";

/**
 * Refuses to write through a symbolic link inside a work tree: a tracked link (`.got`, `.husky`) could lead anywhere.
 *
 * @throws GotError INSTALL_CONFLICT naming the link.
 */
export function checkLinks(files: readonly string[], worktrees: readonly string[]): void {
  for (const file of files) {
    const top = worktrees.find((worktree) => file.startsWith(worktree + path.sep));
    if (top === undefined) continue;
    for (let at = path.dirname(file); at !== top && at.length > top.length; at = path.dirname(at)) {
      if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw linked(at, file);
    }
  }
}

function linked(link: string, file: string): GotError {
  return new GotError("INSTALL_CONFLICT", `${link} is a symbolic link; ${file} is not written through it`, {
    facts: { link, file },
    hint: "Replace the link with a directory, then install again.",
  });
}
