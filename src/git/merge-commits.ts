import { readFileSync } from "node:fs";
import { GotError } from "../base/errors.ts";
import { objectLimits } from "./object-limits.ts";
import { type GitCall, runGit, tryGit, tryGitBytes } from "./run-git.ts";
import { gitLines, tryGitAsync } from "./run-git-async.ts";

/**
 * Finds the best common ancestors of two commits, or of all of several.
 *
 * @returns none where they share no history (or, in a shallow clone, none that is there); more than one in a criss-cross history.
 * @throws GotError GIT_FAILED; LIMIT_EXCEEDED for more than `objectLimits.mergeBases`.
 */
export async function mergeBases(call: GitCall, commits: readonly string[]): Promise<readonly string[]> {
  const args = ["merge-base", ...(commits.length > 2 ? ["--octopus"] : []), "--all", ...commits];
  const done = await tryGitAsync(call, args);
  // 1: there is none.
  if (done.status === 1) return [];
  if (done.status !== 0) runGit(call, args);
  const bases = done.stdout.split("\n").filter(Boolean);
  if (bases.length > objectLimits.mergeBases) {
    throw new GotError("LIMIT_EXCEEDED", `${commits.join(" and ")} have ${bases.length} merge bases`, {
      facts: { bases: bases.length, limit: objectLimits.mergeBases },
    });
  }
  return bases;
}

/** Counts the merge commits of a range; null when git knows no such range. */
export function countMerges(call: GitCall, range: readonly string[]): number | null {
  const asked = tryGit(call, ["rev-list", "--count", "--min-parents=2", "--end-of-options", ...range, "--"]);
  return asked.status === 0 ? Number(asked.stdout) : null;
}

/** Ids of the merge commits of a range, newest first, as they are found. */
export function mergesIn(call: GitCall, range: readonly string[]): AsyncGenerator<string> {
  return gitLines(call, ["rev-list", "--min-parents=2", "--end-of-options", ...range, "--"]);
}

/** Commits at which a shallow clone ends, whose parents it lacks; null when the clone is complete. */
export function shallowCommits(call: GitCall): ReadonlySet<string> | null {
  const file = runGit(call, ["rev-parse", "--path-format=absolute", "--git-path", "shallow"]).replace(
    /\n$/,
    "",
  );
  try {
    const oids = readFileSync(file, "latin1").split("\n").filter(Boolean);
    return oids.length === 0 ? null : new Set(oids);
  } catch {
    return null;
  }
}

/** Whether one of `stops` is reached on the way from the commits to their merge bases. */
export async function reaches(
  call: GitCall,
  commits: readonly string[],
  bases: readonly string[],
  stops: ReadonlySet<string>,
): Promise<boolean> {
  for await (const oid of gitLines(call, ["rev-list", ...commits, "--not", ...bases])) {
    if (stops.has(oid)) return true;
  }
  return false;
}

/** Folders other than the top whose `.gitattributes`, as a commit has it, names one of our drivers; with a slash at the end. */
export function attributeFolders(call: GitCall, commit: string): readonly string[] {
  const args = ["grep", "-l", "-z", "--no-color", "--full-name", "-F", "merge=got-", commit];
  const found = tryGitBytes({ ...call, env: { ...call.env, GIT_NO_LAZY_FETCH: "1" } }, [
    "-c",
    "protocol.allow=never",
    ...args,
    "--",
    "*.gitattributes",
  ]);
  return found.stdout
    .toString("latin1")
    .split("\0")
    .filter(Boolean)
    .map((line) => line.slice(commit.length + 1))
    .filter((file) => file.endsWith("/.gitattributes"))
    .map((file) => file.slice(0, -".gitattributes".length));
}
