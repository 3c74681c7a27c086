import { runGit, type GitCall } from "./run-git.ts";

/** One value of git's configuration as it holds in one place, and who says so. */
export interface Setting {
  /** Section and variable in lower case, as git lists them. */
  readonly key: string;
  readonly value: string;
  /** `system`, `global`, `local`, `worktree` or `command`. */
  readonly scope: string;
  /** The file it stands in; null when it is in none. Relative to the directory asked, as git says it. */
  readonly file: string | null;
}

/** Lists the whole configuration as git sees it in `call.cwd`; of several values of one key the last holds. */
export function readSettings(call: GitCall): readonly Setting[] {
  const parts = runGit(call, ["config", "--list", "--show-scope", "--show-origin", "-z"]).split("\0");
  const settings: Setting[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [scope = "", origin = "", entry = ""] = parts.slice(at, at + 3);
    const end = entry.indexOf("\n");
    // A key without a newline is `key` without `=`: git reads it as true.
    const [key, value] = end === -1 ? [entry, "true"] : [entry.slice(0, end), entry.slice(end + 1)];
    settings.push({ key, value, scope, file: origin.startsWith("file:") ? origin.slice(5) : null });
  }
  return settings;
}
