import { type GitCall, runGit } from "./run-git.ts";

/** Asks git itself which merge driver it would take for each path; the answers in the order of the paths. */
export function mergeAttributes(call: GitCall, paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  const input = paths.map((path) => `${path}\0`).join("");
  const said = runGit({ ...call, input }, ["check-attr", "-z", "--stdin", "merge"]).split("\0");
  return paths.map((_, index) => said[index * 3 + 2] ?? "");
}
