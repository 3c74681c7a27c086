import { readdirSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { type GitCall, runGit, tryGit } from "./run-git.ts";

/** One move of a reference, as git has noted it. */
export interface ReflogEntry {
  /** The commit that the reference moved to. */
  readonly oid: string;
  readonly parents: readonly string[];
  /** When the reference moved, and when the commit was made; seconds since 1970. */
  readonly movedSeconds: number;
  readonly committedSeconds: number;
  readonly committer: string;
  /** What moved it: `commit: subject`, `rebase (pick): subject`; any program may write anything. */
  readonly message: string;
}

/** The moves of one reference, the oldest first. Moves to commits that are no longer there are left out by git. */
export interface Reflog {
  /** The branch's short name; null for the HEAD of a worktree. */
  readonly branch: string | null;
  /** The worktree whose HEAD it is, `main` for the main one; null for a branch. */
  readonly worktree: string | null;
  readonly entries: readonly ReflogEntry[];
  /** True when only the newest `limits.reflogEntries` were read. */
  readonly isCut: boolean;
}

/** Names whose HEADs have reflogs: `main`, and the linked worktrees, also those whose folder is gone. */
export function listHeads(commonDir: string): readonly string[] {
  try {
    return ["main", ...readdirSync(path.join(commonDir, "worktrees")).toSorted()];
  } catch {
    return ["main"];
  }
}

/**
 * Reads where HEAD of a worktree has been.
 *
 * @param call in any worktree of the repository.
 * @throws GotError GIT_FAILED
 */
export function readHeadReflog(call: GitCall, worktree: string, isMain: boolean): Reflog {
  const ref = isMain ? "main-worktree/HEAD" : `worktrees/${worktree}/HEAD`;
  const none = { branch: null, worktree, entries: [], isCut: false };
  // An unborn branch, and no reflog at all (a bare repository), are no failure.
  if (tryGit(call, ["rev-parse", "-q", "--verify", "--end-of-options", `${ref}^{commit}`]).status !== 0)
    return none;
  const records = readRecords(call, [ref, "--"]);
  return { ...none, entries: records.map(({ entry }) => entry).toReversed(), isCut: isAtLimit(records) };
}

/** Reads where all branches have been. */
export function readBranchReflogs(call: GitCall): readonly Reflog[] {
  if (runGit(call, ["for-each-ref", "--count=1", "--format=%(refname)", "refs/heads"]) === "") return [];
  const records = readRecords(call, ["--glob=refs/heads/*"]);
  const byBranch = new Map<string, ReflogEntry[]>();
  for (const { ref, entry } of records) {
    const branch = ref.replace(/^refs\/heads\//, "");
    const entries = byBranch.get(branch);
    if (entries === undefined) byBranch.set(branch, [entry]);
    else entries.push(entry);
  }
  const isCut = isAtLimit(records);
  return [...byBranch].map(([branch, entries]) => ({
    branch,
    worktree: null,
    entries: entries.toReversed(),
    isCut,
  }));
}

/** Whatever the user's configuration says of how a log looks. */
const plainLog = ["-c", "log.showSignature=false", "log", "-z", "--encoding=UTF-8", "--no-color"] as const;

interface Record {
  /** The reference's name as git shows it. */
  readonly ref: string;
  readonly entry: ReflogEntry;
}

/** The newest first. Fields are lines, entries end with NUL: neither a name nor a message can have a newline. */
const format = "%H%n%P%n%gD%n%ct%n%cn%n%gs";

function readRecords(call: GitCall, revisions: readonly string[]): readonly Record[] {
  const output = runGit(call, [
    ...plainLog,
    "--walk-reflogs",
    "--date=unix",
    `--max-count=${limits.reflogEntries}`,
    `--format=${format}`,
    ...revisions,
  ]);
  const records = output.split("\0");
  if (records.at(-1) === "") records.pop();
  return records.map((record) => parseRecord(record));
}

function parseRecord(record: string): Record {
  const [oid = "", parents = "", selector = "", committed = "", committer = "", ...message] =
    record.split("\n");
  const found = /^(.*)@\{(\d+)\}$/.exec(selector);
  if (found === null || !/^\d+$/.test(committed)) {
    throw new GotError(
      "GIT_FAILED",
      `git log --walk-reflogs printed what is no entry of a reflog: ${selector}`,
      {
        facts: { record },
      },
    );
  }
  const [, ref = "", moved = ""] = found;
  return {
    ref,
    entry: {
      oid,
      parents: parents === "" ? [] : parents.split(" "),
      movedSeconds: Number(moved),
      committedSeconds: Number(committed),
      committer,
      message: message.join("\n"),
    },
  };
}

function isAtLimit(records: readonly unknown[]): boolean {
  return records.length >= limits.reflogEntries;
}

/** A commit as far as it survives being rebased. */
export interface CommitIdentity {
  readonly oid: string;
  /** Author, author's date and subject. */
  readonly key: string;
}

/** Lists the commits that are in `from` and in none of `without`, the oldest first; empty when one of them is not there. */
export function listCommits(
  call: GitCall,
  from: string,
  without: readonly string[],
): readonly CommitIdentity[] {
  const asked = tryGit(call, [
    ...plainLog,
    "--reverse",
    "--topo-order",
    `--max-count=${limits.rebasedCommits}`,
    "--format=%H%n%at %an%n%ae%n%s",
    from,
    "--not",
    ...without,
    "--",
  ]);
  if (asked.status !== 0) return [];
  return asked.stdout.split("\0").flatMap((record) => {
    const end = record.indexOf("\n");
    return end === -1 ? [] : [{ oid: record.slice(0, end), key: record.slice(end + 1) }];
  });
}
