import { readFileSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { resolveCommit } from "../git/commit-files.ts";
import { mergeBases } from "../git/merge-commits.ts";
import { type GitCall, runGit, runGitBytes } from "../git/run-git.ts";
import type { TreeEntry } from "../git/tree-reader.ts";
import { type CommitExplanation, type ExplainCommitOptions, explainSides } from "./explain-commit.ts";

/** What git is in the middle of. */
export type UnderWay = "merge" | "cherry-pick" | "revert" | "rebase";

export interface IndexExplanation extends CommitExplanation {
  readonly underWay: UnderWay;
}

export interface ExplainIndexOptions extends ExplainCommitOptions {
  readonly call: GitCall;
  /** This worktree's own git directory. */
  readonly gitDir: string;
}

/**
 * Explains the merge, cherry-pick, revert or step of a rebase that is under way, with what stands in the index for its
 * result. Of a rebase only the step at hand can be told: what earlier ones decided is in no commit.
 *
 * @throws GotError USAGE when nothing is under way, or an octopus merge is.
 */
export async function explainIndex(options: ExplainIndexOptions): Promise<IndexExplanation> {
  const { call, gitDir, ...rest } = options;
  const { underWay, theirs, bases, subject } = await sidesUnderWay(call, gitDir);
  const ours = resolveCommit(call, "HEAD");
  if (ours === null) throw nothingUnderWay();
  const index = readIndex(call);
  const resultAt = (rawPath: string): TreeEntry | null | undefined => {
    const found = index.get(rawPath);
    return found === "unmerged" ? undefined : (found ?? null);
  };
  const explanation = await explainSides(call, { ours, theirs, bases, result: undefined, resultAt }, rest);
  return { underWay, commit: null, subject, ours, theirs, bases, ...explanation };
}

interface SidesUnderWay {
  readonly underWay: UnderWay;
  readonly theirs: string;
  readonly bases: readonly string[];
  readonly subject: string;
}

const heads = [
  ["MERGE_HEAD", "merge"],
  ["CHERRY_PICK_HEAD", "cherry-pick"],
  ["REVERT_HEAD", "revert"],
  ["REBASE_HEAD", "rebase"],
] as const;

async function sidesUnderWay(call: GitCall, gitDir: string): Promise<SidesUnderWay> {
  for (const [name, underWay] of heads) {
    const lines = readLines(path.join(gitDir, name));
    const [head] = lines;
    if (head === undefined) continue;
    if (lines.length > 1) {
      throw new GotError("USAGE", `an octopus merge of ${lines.length + 1} commits is under way`, {
        facts: { heads: lines.length },
        hint: "git merges octopuses without drivers, so no rule decides anything.",
      });
    }
    const subject = runGit(call, ["log", "-1", "--format=%s", head]).trim();
    if (underWay === "merge")
      return { underWay, theirs: head, bases: await mergeBases(call, ["HEAD", head]), subject };
    // A first commit has no parent: everything in it is new.
    const parent = resolveCommit(call, `${head}^1`);
    if (underWay !== "revert")
      return { underWay, theirs: head, bases: parent === null ? [] : [parent], subject };
    if (parent !== null) return { underWay, theirs: parent, bases: [head], subject };
  }
  throw nothingUnderWay();
}

function nothingUnderWay(): GotError {
  return new GotError("USAGE", "no merge, cherry-pick, revert or rebase is under way here", {
    hint: "Name a merge commit to explain one that is done.",
  });
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "latin1").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/** What the index has, by raw path. */
function readIndex(call: GitCall): ReadonlyMap<string, TreeEntry | "unmerged"> {
  const entries = new Map<string, TreeEntry | "unmerged">();
  const listing = runGitBytes(call, ["ls-files", "-s", "-z", "--full-name", "--", ":/"]).toString("latin1");
  for (const line of listing.split("\0")) {
    const [, mode, oid, stage, rawPath] = /^(\d+) ([0-9a-f]+) (\d)\t([^]*)$/.exec(line) ?? [];
    if (mode === undefined || oid === undefined || rawPath === undefined) continue;
    entries.set(rawPath, stage === "0" ? { mode, oid } : "unmerged");
  }
  return entries;
}
