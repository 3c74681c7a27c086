import { type ObjectReader, withObjectReader } from "../git/object-reader.ts";
import { type GitCall, runGit } from "../git/run-git.ts";
import { limits } from "../base/limits.ts";
import { isLogFile } from "../log/list-inputs.ts";
import { bytesInput, type LogInput } from "../log/log-input.ts";
import type { LogProblem } from "../log/log.ts";
import { readEvents } from "../log/read-events.ts";
import type { LogEvent } from "../model/event.ts";

/**
 * Reads the events that branches hold which are checked out nowhere, each file's content once. In no order: this is for who wants
 * to know which are there.
 */
export async function readBranchEvents(
  call: GitCall,
  onEvent: (event: LogEvent) => void,
  onProblem: (problem: LogProblem) => void,
): Promise<void> {
  const blobs = listLogBlobs(call);
  await withObjectReader(call, async (reader) => {
    for (const [oid, name] of blobs) {
      const input = await readInput(reader, oid, name);
      if (input === null)
        onProblem({ file: name, line: null, reason: `its blob ${oid} is missing or too large` });
      else for (const event of readEvents([input], { onProblem: () => {} })) onEvent(event);
    }
  });
}

async function readInput(reader: ObjectReader, oid: string, name: string): Promise<LogInput | null> {
  const answer = await reader.read(oid, limits.snapshotBytes);
  return answer.kind === "object" && answer.type === "blob" ? bytesInput(name, answer.bytes) : null;
}

/** Blobs with events, and one of the names of each. */
function listLogBlobs(call: GitCall): ReadonlyMap<string, string> {
  const tips = runGit(call, ["for-each-ref", "--format=%(objectname) %(worktreepath)", "refs/heads"])
    .split("\n")
    .flatMap((line) => (/^[0-9a-f]+ $/.test(line) ? [line.trim()] : []));
  const blobs = new Map<string, string>();
  for (const folder of ["events", "snapshots"]) {
    for (const tree of treesOf(call, [...new Set(tips)], folder)) {
      for (const record of runGit(call, ["ls-tree", "-z", tree]).split("\0")) {
        const [, oid = "", file = ""] = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(record) ?? [];
        const name = `${folder}/${file}`;
        if (oid !== "" && isLogFile(name)) blobs.set(oid, name);
      }
    }
  }
  return blobs;
}

/** Ids of the folder's tree in each of the commits; most branches share a few. */
function treesOf(call: GitCall, commits: readonly string[], folder: string): readonly string[] {
  if (commits.length === 0) return [];
  const input = commits.map((commit) => `${commit}:.got/${folder}\n`).join("");
  const answers = runGit({ ...call, input }, ["cat-file", "--batch-check=%(objecttype) %(objectname)"]);
  const found = answers
    .split("\n")
    .flatMap((line) => (line.startsWith("tree ") ? [line.slice("tree ".length)] : []));
  return [...new Set(found)];
}
