import { spawnSync } from "node:child_process";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { gitEnvironment } from "./git-environment.ts";
import { type GitCall, runGit, tryGit } from "./run-git.ts";

/** A file as a commit has it. */
export interface CommitFile {
  /** From the top of the work tree. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Resolves what a person calls a commit; null when git knows none by that name. */
export function resolveCommit(call: GitCall, name: string): string | null {
  const asked = tryGit(call, ["rev-parse", "-q", "--verify", "--end-of-options", `${name}^{commit}`]);
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/**
 * Reads all plain files in some folders of a commit, without touching the work tree. Symbolic links and submodules are left out.
 *
 * @throws GotError LIMIT_EXCEEDED when they are larger than what git may print; GIT_FAILED.
 */
export function readCommitFiles(
  call: GitCall,
  commit: string,
  folders: readonly string[],
): readonly CommitFile[] {
  const listing = runGit(call, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--", ...folders]);
  const files = listing.split("\0").flatMap((entry) => {
    const found = /^100\d{3} blob ([0-9a-f]+) +(\d+)\t(.*)$/s.exec(entry);
    if (found === null) return [];
    const [, oid = "", size = "", path = ""] = found;
    return [{ oid, sizeBytes: Number(size), path }];
  });
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes + batchOverheadBytes, 0);
  if (totalBytes > limits.gitOutputBytes) {
    throw new GotError(
      "LIMIT_EXCEEDED",
      `${folders.join(", ")} of ${commit} has ${totalBytes} bytes; ${limits.gitOutputBytes} can be read at once`,
      { facts: { commit, sizeBytes: totalBytes, limitBytes: limits.gitOutputBytes } },
    );
  }
  const output = readBlobs(
    call,
    files.map(({ oid }) => oid),
  );
  let at = 0;
  return files.map(({ path, sizeBytes }) => {
    const start = output.indexOf("\n", at) + 1;
    at = start + sizeBytes + 1;
    return { path, bytes: output.subarray(start, start + sizeBytes) };
  });
}

/** Each blob comes with a line of its id, type and size before it, and a newline behind. */
const batchOverheadBytes = 128;

/** As bytes: archives are not text. */
function readBlobs(call: GitCall, oids: readonly string[]): Buffer {
  if (oids.length === 0) return Buffer.alloc(0);
  const done = spawnSync("git", ["cat-file", "--batch"], {
    cwd: call.cwd,
    env: gitEnvironment(call.env),
    input: `${oids.join("\n")}\n`,
    maxBuffer: limits.gitOutputBytes,
  });
  if (done.error === undefined && done.status === 0) return done.stdout;
  throw new GotError("GIT_FAILED", "git cat-file --batch failed", {
    facts: { cwd: call.cwd, status: done.status },
    cause: done.error,
  });
}
