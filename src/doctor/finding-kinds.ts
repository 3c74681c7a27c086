/**
 * Everything that the doctor can find, by its stable id: how bad it is and why it matters. `docs/doctor.md` has a row for each,
 * and each has a test that damages a real repository in that way.
 */
export const findingKinds = {
  "not-installed": {
    severity: "problem",
    why: "Nothing is recorded here, and git merges .got data as plain text.",
  },
  "hooks-unreachable": {
    severity: "problem",
    why: "What git does in this worktree is neither recorded nor checked, and its events don't travel with its commits.",
  },
  "hooks-switched-off": {
    severity: "problem",
    why: "git runs no hook at all in this worktree, ours or yours.",
  },
  "core-bare": {
    severity: "problem",
    why: "git takes the main worktree for a bare repository: git status, add and commit fail there. A test that ran git init while GIT_DIR pointed here does that.",
  },
  "check-failed": {
    severity: "problem",
    why: "What this check is for may be broken as well.",
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingId = keyof typeof findingKinds;

export interface FindingKind {
  readonly severity: "problem" | "note";
  readonly why: string;
}
