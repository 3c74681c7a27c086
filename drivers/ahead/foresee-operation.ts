import { readFileSync } from "node:fs";
import path from "node:path";
import { limits } from "../../src/base/limits.ts";
import { git, objectInfos } from "./plumbing.ts";

/** One three-way merge of whole trees that git is doing or about to do; each one's ours is the result of the one before. */
export interface Step {
  readonly baseTree: string;
  readonly theirTree: string;
}

/** What the git process that runs the drivers is doing: the steps from the current one on. */
export interface Operation {
  /** Tree of HEAD: ours of the first step. */
  readonly ourTree: string;
  readonly steps: readonly Step[];
}

/**
 * Works out what git is about to merge, from what it leaves for others to see: `GITHEAD_<id>` in the environment of
 * `git merge` (and pull), the state files of rebase, cherry-pick and revert. Null when it is something else or cannot be
 * told: several merge bases, several heads, a single cherry-pick (it keeps no state). A wrong guess costs time only.
 */
export function foreseeOperation(environment: NodeJS.ProcessEnv): Operation | null {
  const heads = Object.keys(environment).filter((name) => /^GITHEAD_[0-9a-f]{40,64}$/.test(name));
  const [head] = heads;
  if (head !== undefined) return heads.length === 1 ? mergeOf(head.slice("GITHEAD_".length)) : null;
  const gitDirectory = git(["rev-parse", "--absolute-git-dir"])?.toString("utf8").replace(/\n$/, "");
  if (gitDirectory === undefined) return null;
  const picks = rebasePicks(gitDirectory) ?? sequencerPicks(gitDirectory);
  return picks === null ? null : operationOf(picks);
}

function mergeOf(theirs: string): Operation | null {
  const bases = git(["merge-base", "--all", "HEAD", theirs])?.toString("latin1").trim().split("\n") ?? [];
  const [base] = bases;
  if (base === undefined || bases.length !== 1) return null;
  const [ourTree, baseTree, theirTree] =
    objectInfos(["HEAD^{tree}", `${base}^{tree}`, `${theirs}^{tree}`]) ?? [];
  if (!ourTree || !baseTree || !theirTree) return null;
  return { ourTree: ourTree.id, steps: [{ baseTree: baseTree.id, theirTree: theirTree.id }] };
}

/** One commit to be applied to HEAD, or taken back. */
interface Pick {
  readonly commit: string;
  readonly revert: boolean;
}

/** git moves a rebase's command from the list of what is to do to what is done, then carries it out. */
function rebasePicks(gitDirectory: string): readonly Pick[] | null {
  const done = todoLines(path.join(gitDirectory, "rebase-merge", "done"));
  const todo = todoLines(path.join(gitDirectory, "rebase-merge", "git-rebase-todo"));
  const current = done?.at(-1);
  return current === undefined ? null : picksOf([current, ...(todo ?? [])]);
}

/** A cherry-pick or revert of several commits keeps the current one as the first line. */
function sequencerPicks(gitDirectory: string): readonly Pick[] | null {
  const todo = todoLines(path.join(gitDirectory, "sequencer", "todo"));
  return todo === null ? null : picksOf(todo);
}

function todoLines(file: string): readonly string[] | null {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => /^[a-z]/.test(line));
  } catch {
    return null;
  }
}

/** The picks up to the first command that is something else (`exec`, `break`, `reset`, `merge` …). */
function picksOf(lines: readonly string[]): readonly Pick[] | null {
  const picks: Pick[] = [];
  for (const line of lines.slice(0, limits.prefillCommits)) {
    const [command = "", ...words] = line.split(" ");
    if (/^(d|drop|l|label|u|update-ref)$/.test(command)) continue;
    // `fixup -C <commit>` takes the message as well.
    const commit = words[0]?.startsWith("-") ? words[1] : words[0];
    if (!/^(p|pick|r|reword|e|edit|s|squash|f|fixup|revert)$/.test(command)) break;
    if (commit === undefined || !/^[0-9a-f]{4,64}$/.test(commit)) break;
    picks.push({ commit, revert: command === "revert" });
  }
  return picks.length === 0 ? null : picks;
}

function operationOf(picks: readonly Pick[]): Operation | null {
  const expressions = picks.flatMap(({ commit }) => [
    `${commit}^{tree}`,
    `${commit}^1^{tree}`,
    `${commit}^2`,
  ]);
  const infos = objectInfos(["HEAD^{tree}", ...expressions]);
  const ours = infos?.[0];
  if (!infos || !ours) return null;
  const steps: Step[] = [];
  for (const [index, { revert }] of picks.entries()) {
    const [tree, parentTree, secondParent] = infos.slice(1 + index * 3, 4 + index * 3);
    // A first commit has no parent, and of a merge nobody says here which parent counts.
    if (!tree || !parentTree || secondParent !== null) break;
    steps.push(
      revert
        ? { baseTree: tree.id, theirTree: parentTree.id }
        : { baseTree: parentTree.id, theirTree: tree.id },
    );
  }
  return steps.length === 0 ? null : { ourTree: ours.id, steps };
}
