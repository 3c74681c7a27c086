import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { sha256Bytes } from "../base/sha256.ts";
import { fileOfName } from "../git/byte-name.ts";
import { type GitCall, runGitBytes, tryGitBytes } from "../git/run-git.ts";

/** What a repository looks like from outside a program that should leave it alone; by what it is, e.g. `the index`. */
export type Fingerprint = ReadonlyMap<string, string>;

export interface FingerprintPlace {
  /** git runs at the top of the work tree. */
  readonly call: GitCall;
  readonly workTree: string;
  readonly gitDir: string;
  readonly commonDir: string;
  /** Where git looks for hooks. */
  readonly hooksDirectory: string;
}

/**
 * Takes the work tree (all but ignored files), the index, refs, HEAD, the configuration and the hooks. Files are compared by
 * size and times, which is as cheap as `git status`; the configuration by content.
 */
export function fingerprint(place: FingerprintPlace): Fingerprint {
  const { call, workTree, gitDir, commonDir, hooksDirectory } = place;
  const status = runGitBytes(call, [
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=all",
    "--no-renames",
  ]);
  const changed = status.toString("latin1").split("\0").filter(Boolean);
  const files = changed.map((line) => `${line} ${statOf(fileOfName(workTree, line.slice(3)))}`);
  return new Map([
    ["the work tree", sha256Bytes(Buffer.from(files.join("\0")))],
    // Not the file: looking at a repository may refresh times in it.
    ["the index", sha256Bytes(runGitBytes(call, ["ls-files", "--stage", "-v", "-z"]))],
    [
      "refs",
      sha256Bytes(tryGitBytes(call, ["for-each-ref", "--format=%(refname) %(objectname) %(symref)"]).stdout),
    ],
    ["HEAD", contentOf(path.join(gitDir, "HEAD"))],
    [
      "the configuration",
      [
        path.join(commonDir, "config"),
        path.join(gitDir, "config.worktree"),
        path.join(commonDir, "info", "attributes"),
        path.join(commonDir, "info", "exclude"),
        path.join(commonDir, "got", "trust.json"),
      ]
        .map(contentOf)
        .join(" "),
    ],
    ["the hooks", [hooksDirectory, path.join(commonDir, "got", "bin")].map(folderOf).join("\n")],
  ]);
}

/** What differs between two fingerprints. */
export function differences(before: Fingerprint, after: Fingerprint): readonly string[] {
  return [...before.keys()].filter((name) => before.get(name) !== after.get(name));
}

function statOf(file: Buffer | string): string {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "-" : `${stat.mode} ${stat.size} ${stat.ino} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

function contentOf(file: string): string {
  try {
    return sha256Bytes(readFileSync(file));
  } catch {
    return "-";
  }
}

function folderOf(folder: string): string {
  try {
    const names = readdirSync(folder).toSorted();
    return names.map((name) => `${name} ${statOf(path.join(folder, name))}`).join("\n");
  } catch {
    return "-";
  }
}
