import path from "node:path";
import { type Entry, sameEntry } from "./saved-entry.ts";
import type { Step, View } from "./step.ts";

/**
 * A hooks directory outside of any repository (a global core.hooksPath) serves many: a file in it lists the common
 * directories of those that have got-hooks, so that only the last one to leave takes our part out.
 */
const listName = ".got-hooks-repositories";

/** Adds a repository to the list. */
export function joinShared(directory: string, commonDir: string, view: Pick<View, "read">): readonly Step[] {
  return rewrite(
    directory,
    [...users(directory, view).filter((user) => user !== commonDir), commonDir],
    view,
  );
}

/** Takes a repository off the list; `others` are those that still have got-hooks. */
export function leaveShared(
  directory: string,
  commonDir: string,
  view: Pick<View, "read">,
): { readonly steps: readonly Step[]; readonly others: readonly string[] } {
  const others = users(directory, view).filter(
    (user) => user !== commonDir && view.read(path.join(user, "got", "install.json")).kind === "file",
  );
  return { steps: rewrite(directory, others, view), others };
}

function users(directory: string, view: Pick<View, "read">): readonly string[] {
  const entry = view.read(path.join(directory, listName));
  return entry.kind === "file"
    ? Buffer.from(entry.content)
        .toString("utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}

function rewrite(directory: string, list: readonly string[], view: Pick<View, "read">): readonly Step[] {
  const file = path.join(directory, listName);
  const from = view.read(file);
  const to: Entry =
    list.length === 0
      ? { kind: "absent" }
      : { kind: "file", mode: 0o644, content: Buffer.from(list.map((line) => `${line}\n`).join("")) };
  return sameEntry(from, to) ? [] : [{ kind: "write", path: file, from, to }];
}
