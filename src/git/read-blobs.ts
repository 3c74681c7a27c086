import { GotError } from "../base/errors.ts";
import { bytesOfName, type ByteName, zeroEndedNames } from "./byte-name.ts";
import { type GitCall, runGitBytes } from "./run-git.ts";

export interface Blob {
  readonly oid: string;
  readonly bytes: Buffer;
}

/**
 * Reads blobs whole.
 *
 * @param names ids, or any names that git knows objects by (`HEAD:<file>`); what is missing is left out of the answer.
 * @throws GotError GIT_FAILED.
 */
export function readBlobs(call: GitCall, names: readonly ByteName[]): ReadonlyMap<ByteName, Blob> {
  const blobs = new Map<ByteName, Blob>();
  if (names.length === 0) return blobs;
  const answer = runGitBytes({ ...call, input: zeroEndedNames(names) }, ["cat-file", "--batch", "-z"]);
  let at = 0;
  for (const name of names) {
    // git repeats the name, which may have line breaks in it.
    const missing = bytesOfName(`${name} missing\n`);
    if (answer.subarray(at, at + missing.length).equals(missing)) {
      at += missing.length;
      continue;
    }
    const end = answer.indexOf(0x0a, at);
    if (end === -1) throw new GotError("GIT_FAILED", "git cat-file --batch ended too early");
    const [, oid = "", type, size] =
      /^([0-9a-f]+) ([a-z]+) (\d+)$/.exec(answer.toString("latin1", at, end)) ?? [];
    at = end + 1;
    if (type === undefined) continue;
    const next = at + Number(size);
    if (type === "blob") blobs.set(name, { oid, bytes: answer.subarray(at, next) });
    at = next + 1;
  }
  return blobs;
}
