import { runGit } from "../git/run-git.ts";
import { type GitRepository, repositoryBase } from "../git/repository.ts";
import { readEntry } from "./saved-entry.ts";
import type { View } from "./step.ts";

/** The file system and the repository's own configuration, as they are now; the configuration is read once. */
export function repositoryView(repository: GitRepository): View {
  const call = { cwd: repositoryBase(repository), env: repository.env };
  const values = new Map<string, string[]>();
  for (const entry of runGit(call, ["config", "--local", "--no-includes", "-z", "--list"]).split("\0")) {
    const at = entry.indexOf("\n");
    // A key without a newline is `key` without `=`: git reads it as true.
    const [key, value] = at === -1 ? [entry, "true"] : [entry.slice(0, at), entry.slice(at + 1)];
    if (key !== "") values.set(key, [...(values.get(key) ?? []), value]);
  }
  return { read: readEntry, config: (key) => values.get(normalKey(key)) ?? [] };
}

/** git lists section and variable in lower case, and the part between them as it is. */
function normalKey(key: string): string {
  const [first, last] = [key.indexOf("."), key.lastIndexOf(".")];
  return key.slice(0, first).toLowerCase() + key.slice(first, last) + key.slice(last).toLowerCase();
}
