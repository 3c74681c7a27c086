import type { GitLock } from "../git-lock.ts";

/** What `--fix` can do, as data: a check says what is to be done, `apply-repair.ts` does it, after a backup. */
export type Repair =
  | {
      /** Installs again, as seen from this worktree (or git directory). */
      readonly kind: "install";
      readonly directory: string;
    }
  | {
      /** Removes a key from one configuration file, or gives it one value. */
      readonly kind: "setting";
      readonly file: string;
      readonly key: string;
      readonly value: string | null;
    }
  | {
      /** Moves a lock file of git's into the backup, if nobody can be holding it. */
      readonly kind: "git-lock";
      readonly lock: GitLock;
    }
  | {
      /** Takes a lock of ours over from its dead holder and gives it back. */
      readonly kind: "stale-lock";
      readonly directory: string;
      /** The dead holder's record. */
      readonly file: string;
    }
  | {
      /** Moves a file of ours into the backup; whoever needs it makes a new one. */
      readonly kind: "move-away";
      readonly file: string;
    }
  | {
      /** Gives events that no commit would fetch a name under which the next one does. */
      readonly kind: "adopt-spools";
    }
  | {
      /** Removes what a live proof that was killed has left. */
      readonly kind: "live-worktree";
      readonly directory: string;
    };
