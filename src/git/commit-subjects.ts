import { type GitCall, runGit } from "./run-git.ts";

/** Subject lines of commits by their full ids; null for a commit that this repository does not have. */
export function commitSubjects(call: GitCall, ids: readonly string[]): ReadonlyMap<string, string | null> {
  const subjects = new Map<string, string | null>(ids.map((id) => [id, null]));
  const asked = [...subjects.keys()].filter((id) => fullId.test(id));
  if (asked.length === 0) return subjects;
  const found = runGit({ ...call, input: asked.map((id) => `${id}\n`).join("") }, [
    "cat-file",
    "--batch-check=%(objectname) %(objecttype)",
  ]);
  const present = found
    .split("\n")
    .flatMap((line) => (line.endsWith(" commit") ? [line.split(" ", 1)[0] ?? ""] : []));
  if (present.length === 0) return subjects;
  // Not `git log`: what people configure for it would stand in its output.
  const told = runGit({ ...call, input: present.map((id) => `${id}\n`).join("") }, [
    "rev-list",
    "--no-walk=unsorted",
    "--format=%s",
    "--stdin",
  ]);
  const lines = told.split("\n");
  for (let at = 0; at + 1 < lines.length; at += 2)
    subjects.set((lines[at] ?? "").slice("commit ".length), lines[at + 1] ?? "");
  return subjects;
}

/** Nothing else is given to git: what a file says is a commit could be an option. */
const fullId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
