import type { ReflogEntry } from "../git/reflogs.ts";

/** What a move of a reference was. */
export type EntryKind =
  /** It came with a new commit, or one that concludes a merge. */
  | { readonly kind: "commit"; readonly during: "rebase" | "am" | null; readonly isAmend: boolean }
  /** `git merge` or `git pull` made a merge commit. */
  | { readonly kind: "merge" }
  | { readonly kind: "rebase-start" }
  /** A rebase is done. `branch` where the entry names one. */
  | { readonly kind: "rebase-end"; readonly branch: string | null }
  /** Of a branch that was rebased: it now is what was made upon `onto`. */
  | { readonly kind: "rebased"; readonly onto: string }
  /** It went to a commit that was there already. */
  | { readonly kind: "other" };

/**
 * Seconds between the making of a commit and the move of a reference to it that make us take it for new where the entry does not say:
 * plumbing and other tools write what they like.
 */
const sameActSeconds = 60;

/** Begins of messages of moves that make no commit, whatever else they say. */
const movesOnly =
  /^(?:checkout|reset|clone|branch|Branch|fetch|pull|merge|rebase|push|update by push|initial pull|bisect|am --|cherry-pick --|revert --|WIP on|worktree)\b/;

/** Judges one entry by what git writes (2.25 to today), and by its times where something else has written it. */
export function entryKind({ message, parents, movedSeconds, committedSeconds }: ReflogEntry): EntryKind {
  const onto = /^(?:rebase|pull)\b.*(?:\(finish\)| finished): refs\/heads\/.+ onto ([0-9a-f]{40,64})$/.exec(
    message,
  )?.[1];
  if (onto !== undefined) return { kind: "rebased", onto };
  const commit = /^commit(?: \(([^)]*)\))?: /.exec(message);
  if (commit !== null) return made({ isAmend: commit[1] === "amend" });
  const [, verb = ""] = /^(?:rebase|pull)\b[^(:]*\(([a-z]+)\): /.exec(message) ?? [];
  switch (verb) {
    case "start":
      return { kind: "rebase-start" };
    case "finish":
      return rebaseEnd(message);
    case "pick":
    case "reword":
    case "edit":
    case "squash":
    case "fixup":
    case "merge":
    case "continue":
      return made({ during: "rebase" });
    default:
  }
  if (message.startsWith("rebase finished: ")) return rebaseEnd(message);
  if (/: fast-forward$/i.test(message)) return { kind: "other" };
  if (/^(?:merge|pull)\b.*: Merge made by /.test(message))
    return parents.length > 1 ? { kind: "merge" } : { kind: "other" };
  if (message.startsWith("am: ")) return made({ during: "am" });
  if (/^(?:cherry-pick|revert): /.test(message)) return made({});
  const isNew = Math.abs(movedSeconds - committedSeconds) <= sameActSeconds;
  return isNew && !movesOnly.test(message) ? made({}) : { kind: "other" };
}

function made({ during, isAmend = false }: { during?: "rebase" | "am"; isAmend?: boolean }): EntryKind {
  return { kind: "commit", during: during ?? null, isAmend };
}

function rebaseEnd(message: string): EntryKind {
  return { kind: "rebase-end", branch: /returning to refs\/heads\/(.+)$/.exec(message)?.[1] ?? null };
}
