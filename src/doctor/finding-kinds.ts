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
  "record-broken": {
    severity: "problem",
    why: "It says what install changed: without it nothing can be uninstalled, and install refuses to go on.",
  },
  "install-interrupted": {
    severity: "problem",
    why: "Some of what belongs together is there and some is not.",
  },
  "install-impossible": {
    severity: "problem",
    why: "What is broken now or later cannot be mended by installing again.",
  },
  "install-outdated": {
    severity: "note",
    why: "Something that install brought was changed or removed since, or this package brings more.",
  },
  "program-changed": {
    severity: "problem",
    why: "Hooks and merges run these: they may do something else than they are tested for, or nothing.",
  },
  "version-older": {
    severity: "problem",
    why: "Merges and hooks behave as the older version does, and other clones may disagree with the results.",
  },
  "version-newer": {
    severity: "note",
    why: "This package would replace newer programs by older ones; bring the package up to date instead.",
  },
  "driver-unregistered": {
    severity: "problem",
    why: "git merges .got data as plain text in this worktree: conflicts at best, lost records at worst.",
  },
  "attribute-unresolved": {
    severity: "problem",
    why: "git does not ask our drivers for these files, and merges them as plain text.",
  },
  "node-unreachable": {
    severity: "problem",
    why: "Without Node merges fall back to plain text and .got data is committed unchecked; graphical clients start git without your profile.",
  },
  "manager-evicts": {
    severity: "problem",
    why: "The next time that it writes its hooks, ours are gone and nothing says so.",
  },
  "switched-off-in-environment": {
    severity: "problem",
    why: "Every git command of this shell, and of what it starts, goes without.",
  },
  "hooks-path-in-environment": {
    severity: "problem",
    why: "It weighs more than any file: every git command of this shell looks for hooks somewhere else.",
  },
  "repository-in-environment": {
    severity: "problem",
    why: "git commands of this shell work on that repository, wherever they are called: a git init in a test's temporary directory then changes this one.",
  },
  "directory-unusable": {
    severity: "problem",
    why: "Events are lost, and nobody gets a lock: hooks go on without, commands fail.",
  },
  "lock-stale": {
    severity: "note",
    why: "It is in nobody's way (who wants the lock passes over it), but it tells that something was killed at its work.",
  },
  "lock-stopped": {
    severity: "problem",
    why: "Everybody who wants this lock waits until that process goes on or ends; a holder that may go on is never robbed.",
  },
  "lock-unjudged": {
    severity: "problem",
    why: "Everybody who wants this lock waits for it in vain if its holder is gone.",
  },
  "git-lock-left": {
    severity: "problem",
    why: "Every git that needs this lock gives up: another git process seems to be running.",
  },
  "identity-overwritten": {
    severity: "problem",
    why: "Commits are made in the name of nobody; a test that ran git config in the wrong repository does that.",
  },
  "identity-missing": {
    severity: "problem",
    why: "git refuses to commit, or makes up a name and an address from this machine's.",
  },
  "stash-left": {
    severity: "problem",
    why: "It may be the only copy of what was staged when lint-staged was killed: look, git stash apply what is missing, then git stash drop it.",
  },
  "worktree-locked-gone": {
    severity: "problem",
    why: "git never forgets it: its branch can be checked out nowhere else, and its events wait.",
  },
  "worktree-gone": {
    severity: "note",
    why: "git forgets it by itself after three months; until then its branch can't be checked out elsewhere.",
  },
  "live-proof-left": {
    severity: "problem",
    why: "A worktree that nobody works in, with events that would be kept as if they had happened.",
  },
  "config-invalid": {
    severity: "problem",
    why: "Merges in this worktree go by the built-in policy, and hooks keep its events out of commits.",
  },
  "data-broken": {
    severity: "problem",
    why: "Commands and merges refuse it or take it as plain text; hooks refuse to commit it.",
  },
  "store-leftover": {
    severity: "problem",
    why: "It may be the only copy of somebody's change.",
  },
  "store-pending": {
    severity: "note",
    why: "The files, and what git commits of them, are behind what was reported as done.",
  },
  "events-broken": {
    severity: "problem",
    why: "What stands there is passed over by everybody who reads the log.",
  },
  "events-unreachable": {
    severity: "note",
    why: "They were amended, rebased or dropped while no hook was there to tell, or their branch was deleted; git forgets them in time.",
  },
  "fold-left": {
    severity: "note",
    why: "A log that nobody has committed stands staged in this worktree; the next commit there takes it over.",
  },
  "spool-backlog": {
    severity: "problem",
    why: "These events are on this machine only; something keeps commits from taking them along.",
  },
  "spool-orphan": {
    severity: "note",
    why: "These events are on this machine only until then.",
  },
  "spool-stranded": {
    severity: "problem",
    why: "These events stay on this machine for ever.",
  },
  "spool-torn": {
    severity: "problem",
    why: "A disk was full, or a process was killed while it wrote: at least one event is lost.",
  },
  "clock-ahead": {
    severity: "problem",
    why: "Every new event is given a stamp of that future, and other clones order theirs before it.",
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
