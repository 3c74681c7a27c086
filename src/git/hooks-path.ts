import path from "node:path";
import { tryGit, type GitCall } from "./run-git.ts";

/** Where git looks for hooks, and who said so. */
export interface HooksPath {
  /** The directory in which git, in the work tree asked, looks; absolute. */
  readonly directory: string;
  /** The value of `core.hooksPath`; null when it is not set and the directory is `<common-dir>/hooks`. */
  readonly configured: string | null;
  /** Which kind of configuration sets it: `local`, `worktree`, `global`, `system`, `command`; null when unset. */
  readonly scope: string | null;
  /** A relative `core.hooksPath` means another directory in each worktree. */
  readonly perWorktree: boolean;
}

/** Asks git where the hooks of the repository are. `call.cwd` is the top of a work tree, or a git directory. */
export function hooksPathOf(call: GitCall, commonDir: string): HooksPath {
  const asked = tryGit(call, ["config", "--show-scope", "-z", "--type=path", "--get", "core.hooksPath"]);
  if (asked.status !== 0) {
    return { directory: path.join(commonDir, "hooks"), configured: null, scope: null, perWorktree: false };
  }
  const [scope = "", configured = ""] = asked.stdout.split("\0");
  // By name, not by where symbolic links lead: whoever writes there has to see them.
  return {
    directory: path.resolve(call.cwd, configured),
    configured,
    scope,
    perWorktree: !path.isAbsolute(configured),
  };
}
