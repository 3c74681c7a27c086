import { GotError } from "../base/errors.ts";
import { runGit, type GitCall } from "./run-git.ts";

/** Major and minor number; what git can do never depends on more. */
export interface GitVersion {
  readonly major: number;
  readonly minor: number;
  /** As git says it, e.g. `2.39.5`. */
  readonly text: string;
}

/** The oldest git that got-hooks works with. */
export const oldestGit = { major: 2, minor: 38 } as const;
/** The first git that runs hooks named in its configuration (`hook.<name>.command`). */
export const configHooksGit = { major: 2, minor: 54 } as const;

/**
 * Asks git for its version.
 *
 * @throws GotError GIT_TOO_OLD below 2.38; GIT_FAILED when git is missing or says something else than a version.
 */
export function gitVersion(call: GitCall): GitVersion {
  const said = runGit(call, ["--version"]).trim();
  const version = parseGitVersion(said);
  if (version === null) {
    throw new GotError("GIT_FAILED", `git --version said ${JSON.stringify(said)}, which is no version`, {
      facts: { said },
    });
  }
  if (!isAtLeast(version, oldestGit)) {
    const oldest = `${oldestGit.major}.${oldestGit.minor}`;
    throw new GotError(
      "GIT_TOO_OLD",
      `git ${version.text} is too old: got-hooks needs git ${oldest} or newer`,
      {
        facts: { version: version.text, oldest },
        hint: "Install a newer git and run the command again.",
      },
    );
  }
  return version;
}

/** Reads `git version 2.39.5 (Apple Git-154)` and its like; null when there is no version in it. */
export function parseGitVersion(said: string): GitVersion | null {
  const found = /^git version ((\d+)\.(\d+)\S*)/.exec(said);
  if (found === null) return null;
  const [, text = "", major = "0", minor = "0"] = found;
  return { text, major: Number(major), minor: Number(minor) };
}

export function isAtLeast(
  version: { major: number; minor: number },
  least: { major: number; minor: number },
): boolean {
  return version.major > least.major || (version.major === least.major && version.minor >= least.minor);
}
