import { lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { limits } from "../base/limits.ts";
import { type ByteName, bytesOfName, fileOfName } from "./byte-name.ts";
import { type GitCall, runGitBytes } from "./run-git.ts";

/** What stands in the work tree under a name. */
export type WorkTreeFile =
  | { readonly kind: "file"; readonly bytes: Buffer; readonly isExecutable: boolean }
  | { readonly kind: "missing" }
  /** A folder, a symbolic link, a socket; the way there leads through a symbolic link; larger than git's answers may be. */
  | { readonly kind: "other"; readonly reason: string };

/** Looks at a file of the work tree, never through symbolic links: they could lead out of it. */
export function readWorkTreeFile(workTree: string, name: ByteName): WorkTreeFile {
  for (const folder of foldersOf(name)) {
    const stat = lstatSync(fileOfName(workTree, folder), { throwIfNoEntry: false });
    if (stat === undefined) return { kind: "missing" };
    if (!stat.isDirectory()) return { kind: "other", reason: "its folder is no folder in the work tree" };
  }
  const file = fileOfName(workTree, name);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return { kind: "missing" };
  if (!stat.isFile()) return { kind: "other", reason: "something else than a file stands in its place" };
  if (stat.size > limits.gitOutputBytes)
    return { kind: "other", reason: `it is larger than ${limits.gitOutputBytes} bytes` };
  return { kind: "file", bytes: readFileSync(file), isExecutable: (stat.mode & 0o100) !== 0 };
}

/** Writes a file whole, in one step, with folders where they are missing. */
export function writeWorkTreeFile(
  workTree: string,
  name: ByteName,
  bytes: Uint8Array,
  isExecutable: boolean,
): void {
  for (const folder of foldersOf(name)) mkdirSync(fileOfName(workTree, folder), { recursive: true });
  writeFileAtomic(fileOfName(workTree, name), bytes, { mode: isExecutable ? 0o777 : 0o666 });
}

/** Removes a file, and folders that are empty then, as git does. */
export function removeWorkTreeFile(workTree: string, name: ByteName): void {
  rmSync(fileOfName(workTree, name), { force: true });
  for (const folder of foldersOf(name).toReversed()) {
    try {
      rmdirSync(fileOfName(workTree, folder));
    } catch {
      return;
    }
  }
}

/** A blob as it is checked out under a name: with line ends and filters as git's configuration has them. */
export function smudged(call: GitCall, oid: string, name: ByteName): Buffer {
  const input = Buffer.concat([Buffer.from(`${oid} `), bytesOfName(name), Buffer.from("\0")]);
  const answer = runGitBytes({ ...call, input }, ["cat-file", "--batch", "--filters", "-z"]);
  return answer.subarray(answer.indexOf(0x0a) + 1, -1);
}

function foldersOf(name: ByteName): ByteName[] {
  const folders: ByteName[] = [];
  for (let at = name.indexOf("/"); at !== -1; at = name.indexOf("/", at + 1)) folders.push(name.slice(0, at));
  return folders;
}
