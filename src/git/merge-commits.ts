import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { type GitCall, runGit, tryGit } from "./run-git.ts";

/**
 * Finds the best common ancestors of two commits, or of all of several.
 *
 * @returns none where they share no history (or, in a shallow clone, none that is there); more than one in a criss-cross history.
 * @throws GotError GIT_FAILED; LIMIT_EXCEEDED for more than `limits.auditMergeBases`.
 */
export function mergeBases(call: GitCall, commits: readonly string[]): readonly string[] {
  const args = ["merge-base", ...(commits.length > 2 ? ["--octopus"] : []), "--all", ...commits];
  const done = tryGit(call, args);
  // 1: there is none.
  if (done.status === 1) return [];
  if (done.status !== 0) runGit(call, args);
  const bases = done.stdout.split("\n").filter(Boolean);
  if (bases.length > limits.auditMergeBases) {
    throw new GotError("LIMIT_EXCEEDED", `${commits.join(" and ")} have ${bases.length} merge bases`, {
      facts: { bases: bases.length, limit: limits.auditMergeBases },
    });
  }
  return bases;
}
