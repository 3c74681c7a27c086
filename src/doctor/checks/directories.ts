import { accessSync, constants, lstatSync } from "node:fs";
import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** Whether hooks and locks can write where they have to. */
export function checkDirectories({ repository, worktrees }: Subject): readonly Finding[] {
  const got = path.join(repository.commonDir, "got");
  const places = [
    got,
    ...["locks", "spool", "memo", "metrics"].map((name) => path.join(got, name)),
    ...worktrees.map(({ gitDir }) => path.join(gitDir, "got")),
  ];
  return [...new Set(places)].flatMap((directory) => {
    const complaint = complaintAbout(directory);
    if (complaint === null) return [];
    return [
      finding("directory-unusable", {
        where: directory,
        observed: complaint.text,
        expected: "a directory of this user's, which may be written",
        command: complaint.isOther
          ? shellCommand("mv", "--", directory, `${directory}.moved-away`)
          : shellCommand("chmod", "u+rwx", "--", directory),
        repair: null,
      }),
    ];
  });
}

/** What is wrong with a directory; null when it is usable or not there: whoever needs it makes it. */
function complaintAbout(directory: string): { readonly text: string; readonly isOther: boolean } | null {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (found.isSymbolicLink())
    return { text: "it is a symbolic link, which locks don't follow", isOther: true };
  if (!found.isDirectory()) return { text: "it is no directory", isOther: true };
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return null;
  } catch {
    return {
      text: `it may not be written by this user (owner ${found.uid}, mode ${(found.mode & 0o777).toString(8)})`,
      isOther: false,
    };
  }
}
