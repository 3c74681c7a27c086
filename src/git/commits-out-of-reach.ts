import { type GitCall, runGit } from "./run-git.ts";

/**
 * Tells which commits no reference and no HEAD of a worktree leads to, of those that are there, and which are not there at all; by two
 * git processes, however many they are. To be asked only where every commit is meant to be there: in a partial clone git would fetch.
 */
export function commitsOutOfReach(
  call: GitCall,
  oids: readonly string[],
): { readonly missing: readonly string[]; readonly unreachable: readonly string[] } {
  if (oids.length === 0) return { missing: [], unreachable: [] };
  const types = runGit({ ...call, input: lines(oids) }, ["cat-file", "--batch-check=%(objecttype)"]).split(
    "\n",
  );
  const commits = oids.filter((_, index) => types[index] === "commit");
  const missing = oids.filter((_, index) => types[index] !== "commit");
  if (commits.length === 0) return { missing, unreachable: [] };
  // Only what is out of reach is walked through; --all has the HEADs of all worktrees.
  const walked = runGit({ ...call, input: lines(commits) }, ["rev-list", "--stdin", "--not", "--all"]);
  const found = new Set(walked.split("\n"));
  return { missing, unreachable: commits.filter((oid) => found.has(oid)) };
}

function lines(oids: readonly string[]): string {
  return oids.map((oid) => `${oid}\n`).join("");
}
