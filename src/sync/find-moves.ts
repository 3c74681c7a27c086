import type { Reflog, ReflogEntry } from "../git/reflogs.ts";
import { entryKind } from "./entry-kind.ts";

/** A commit that was made here, as the reflogs tell. */
export interface MadeCommit {
  readonly kind: "commit" | "merge";
  readonly entry: ReflogEntry;
  /** Null when only a branch remembers it: its worktree is gone. */
  readonly worktree: string | null;
  readonly branch: string | null;
  readonly during: "rebase" | "am" | null;
  /** True for a merge that `git commit` concluded. */
  readonly isConcluded: boolean;
  /** The commit that was made before it in the same place; its event comes first. */
  readonly after: string | null;
}

/** A commit that took the place of another one. */
export interface Amended {
  readonly from: string;
  readonly to: string;
}

/** Commits that took the place of those of `from`: the ones of `to` upon `onto`. */
export interface Rebased {
  readonly from: string;
  readonly to: string;
  readonly onto: string;
  readonly branch: string | null;
  readonly worktree: string | null;
  readonly entry: ReflogEntry;
}

export interface Moves {
  /** By id, each behind the one that was made before it. */
  readonly commits: ReadonlyMap<string, MadeCommit>;
  readonly amended: readonly Amended[];
  readonly rebased: readonly Rebased[];
}

/**
 * Works out what happened from the reflogs of HEADs and branches. What HEAD of a worktree remembers comes with the worktree, and with
 * the branch as far as a branch remembers it too; what only a branch remembers, without a worktree.
 */
export function findMoves(heads: readonly Reflog[], branches: readonly Reflog[]): Moves {
  const finder = new MoveFinder(branchesByCommit(branches));
  for (const reflog of [...heads, ...branches]) finder.walk(reflog);
  const { commits, amended, rebased } = finder;
  return { commits, amended: [...amended.values()], rebased: [...rebased.values()] };
}

class MoveFinder {
  readonly commits = new Map<string, MadeCommit>();
  readonly amended = new Map<string, Amended>();
  readonly rebased = new Map<string, Rebased>();
  readonly #branchOf: ReadonlyMap<string, string>;
  /** Where a rebase ended with this commit. */
  readonly #endedIn = new Map<string, string | null>();

  constructor(branchOf: ReadonlyMap<string, string>) {
    this.#branchOf = branchOf;
  }

  walk(reflog: Reflog): void {
    const { worktree } = reflog;
    let before: string | null = null;
    let after: string | null = null;
    let rebase: StartedRebase | null = null;
    for (const entry of reflog.entries) {
      const { oid } = entry;
      const judged = entryKind(entry);
      switch (judged.kind) {
        case "commit":
        case "merge":
          if (this.#make(reflog, entry, judged, after)) rebase?.made.push(oid);
          if (judged.kind === "commit" && judged.isAmend && before !== null) {
            this.amended.set(`${before}:${oid}`, { from: before, to: oid });
          }
          after = oid;
          break;
        case "rebase-start":
          rebase = { from: before, onto: oid, made: [] };
          break;
        case "rebase-end":
          this.#endedIn.set(oid, worktree);
          if (judged.branch !== null) this.#nameBranch(rebase?.made ?? [], judged.branch);
          // A branch's own reflog knows better where it was; without a branch this is all there is.
          else if (rebase !== null && rebase.from !== null) {
            this.#rebase({ from: rebase.from, to: oid, onto: rebase.onto, branch: null, worktree, entry });
          }
          rebase = null;
          break;
        case "rebased":
          if (before !== null) {
            const { branch } = reflog;
            const endedIn = this.#endedIn.get(oid) ?? null;
            this.#rebase({ from: before, to: oid, onto: judged.onto, branch, worktree: endedIn, entry });
          }
          break;
        case "other":
          break;
      }
      before = oid;
    }
  }

  /** False when it is known already. */
  #make(
    { branch, worktree }: Reflog,
    entry: ReflogEntry,
    judged: ReturnType<typeof entryKind> & { readonly kind: "commit" | "merge" },
    after: string | null,
  ): boolean {
    if (this.commits.has(entry.oid)) return false;
    const during = judged.kind === "commit" ? judged.during : null;
    // As the hooks name them: in a rebase a merge is a pick like any other.
    const kind = during !== "rebase" && entry.parents.length > 1 ? "merge" : "commit";
    this.commits.set(entry.oid, {
      kind,
      entry,
      worktree,
      branch: branch ?? this.#branchOf.get(entry.oid) ?? null,
      during,
      isConcluded: judged.kind === "commit",
      after,
    });
    return true;
  }

  #nameBranch(oids: readonly string[], branch: string): void {
    for (const oid of oids) {
      const made = this.commits.get(oid);
      if (made !== undefined) this.commits.set(oid, { ...made, branch });
    }
  }

  #rebase(rebased: Rebased): void {
    if (rebased.from !== rebased.to) this.rebased.set(`${rebased.from}:${rebased.to}`, rebased);
  }
}

interface StartedRebase {
  readonly from: string | null;
  readonly onto: string;
  readonly made: string[];
}

function branchesByCommit(branches: readonly Reflog[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { branch, entries } of branches) {
    if (branch === null) continue;
    for (const entry of entries) {
      const { kind } = entryKind(entry);
      if (kind === "commit" || kind === "merge") found.set(entry.oid, branch);
    }
  }
  return found;
}
