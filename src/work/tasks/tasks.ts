import type { Entity } from "../../model/entity.ts";
import type { PlainJson } from "../../model/json/plain-json.ts";
import type { Blocker } from "./blockers.ts";
import type { Standing } from "./standing.ts";

/**
 * Tasks that agents share: made, claimed, closed. A task is an entity of type `task`, which merges; who works on it is decided by
 * records that all worktrees of a clone share, and mirrored into the entity.
 *
 * What always holds: of all processes that claim or close one task at once, in whichever worktrees, one succeeds and the others
 * learn who did; whoever is killed in between leaves a claim that says whose it is and that the same agent can take up again.
 * Ids are given as `T-1` or `task:T-1`. Every function throws GotError for what the store can't do (see `openStore`).
 */
export interface Tasks {
  /** @throws GotError INVALID_ENTITY for an id that is taken, or a task that it depends on and that is not there. */
  readonly create: (draft: TaskDraft) => Promise<Entity>;
  readonly show: (id: string) => Promise<TaskView | null>;
  /** Every task that `wanted` holds for, in the order in which they are taken. */
  readonly list: (wanted?: (view: TaskView) => boolean) => Promise<readonly TaskView[]>;
  /** What may be worked on: open, unblocked, and nobody's or mine. */
  readonly ready: () => Promise<readonly TaskView[]>;
  /** Claims one task: compare-and-swap from nobody's (or mine) to mine. Again by the same agent it changes nothing. */
  readonly claim: (id: string, options?: ClaimOptions) => Promise<ClaimOutcome>;
  /** Finds the first ready task that nobody has and claims it; goes on to the next one while others are faster. */
  readonly claimNext: () => Promise<NextOutcome>;
  /** Gives a claim back; somebody else's only by force. */
  readonly release: (id: string, options?: ReleaseOptions) => Promise<ReleaseOutcome>;
  /** Closes a task and ends its claim, in one step that exactly one process can make. */
  readonly close: (id: string, options?: CloseOptions) => Promise<CloseOutcome>;
  readonly reopen: (id: string, options?: ReopenOptions) => Promise<ReopenOutcome>;
}

/** What a new task is made of; fields of your own go into `fields`. */
export interface TaskDraft {
  readonly title: string;
  /** Default: a short one that no task of this clone has. */
  readonly id?: string | undefined;
  /** Smaller is more urgent; default 2. */
  readonly priority?: number | undefined;
  readonly description?: string | undefined;
  readonly assignee?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly parent?: string | undefined;
  /** Tasks or entities that have to be closed first; each becomes an edge. */
  readonly dependsOn?: readonly string[] | undefined;
  readonly fields?: Readonly<Record<string, PlainJson>> | undefined;
}

export interface TaskView {
  readonly task: Entity;
  readonly standing: Standing;
  /** What has to be closed first. */
  readonly blockedBy: readonly Blocker[];
}

export interface ClaimOptions {
  /** Takes the task away from whoever has it; says why, for whoever looks later. */
  readonly steal?: { readonly reason: string } | undefined;
}

export interface ReleaseOptions {
  /** Frees somebody else's claim. */
  readonly force?: { readonly reason: string } | undefined;
}

export interface CloseOptions {
  readonly reason?: string | undefined;
  /** Completion data, e.g. `{ "commits": ["6bf895e"] }`. */
  readonly data?: PlainJson | undefined;
  /** Closes it although somebody else has it. */
  readonly force?: boolean | undefined;
}

export interface ReopenOptions {
  readonly reason?: string | undefined;
  /** Forgets a close that has not been merged into this work tree, or the claim of somebody to whom it is open already. */
  readonly force?: boolean | undefined;
}

/** Who has a task. `worktree` and `path` are null where only the entity tells, e.g. of a claim made in another clone. */
export interface Holder {
  readonly by: string;
  readonly since: string | null;
  readonly worktree: string | null;
  readonly path: string | null;
  /** The worktree that it was claimed in was removed. */
  readonly worktreeGone: boolean;
}

export interface NotFound {
  readonly kind: "notFound";
  readonly id: string;
  /** Work trees of the repository that do have it. */
  readonly elsewhere: readonly string[];
}

export type NotClaimable = { readonly kind: "notClaimable"; readonly id: string } & (
  | {
      readonly reason: "closed";
      readonly by: string;
      readonly at: string | null;
      readonly closeReason: string | null;
      readonly worktree: string | null;
      /** False: it was closed in another work tree, and that is not merged here yet. */
      readonly merged: boolean;
    }
  | { readonly reason: "blocked"; readonly by: readonly Blocker[] }
  /** Its status is `blocked`, or one that got-hooks does not know. */
  | { readonly reason: "status"; readonly status: string }
);

export interface Claimed {
  readonly kind: "claimed";
  readonly task: Entity;
  /** The number of the claim, which only grows for one task: its fencing token. */
  readonly token: number;
  readonly since: string;
  /** It was mine before. */
  readonly again: boolean;
  /** Whom it was taken from. */
  readonly stolenFrom: Holder | null;
  /** Of `claimNext`: other tasks that this agent has under way in this work tree. */
  readonly alsoMine: readonly string[];
}

export type ClaimOutcome =
  | Claimed
  | ({ readonly kind: "alreadyClaimed"; readonly id: string } & Holder)
  | NotClaimable
  | NotFound;

export type NextOutcome =
  | Claimed
  | {
      readonly kind: "nothingReady";
      /** Of the tasks that are not closed: mine already, somebody else's, waiting for others. */
      readonly mine: readonly string[];
      readonly taken: number;
      readonly blocked: number;
    };

export type ReleaseOutcome =
  | {
      readonly kind: "released";
      readonly task: Entity;
      readonly from: Holder;
    }
  | ({ readonly kind: "claimedByOther"; readonly id: string } & Holder)
  | { readonly kind: "notClaimed"; readonly id: string; readonly status: string }
  | NotFound;

export type CloseOutcome =
  | {
      readonly kind: "closed";
      readonly task: Entity;
      /** Tasks that an edge let wait for this one and for nothing else; null when that can't be told. */
      readonly unblocked: readonly string[] | null;
      /** Whose claim was overridden. */
      readonly takenFrom: Holder | null;
    }
  | {
      readonly kind: "alreadyClosed";
      readonly id: string;
      readonly by: string;
      readonly at: string | null;
      readonly closeReason: string | null;
      readonly worktree: string | null;
      readonly merged: boolean;
    }
  | ({ readonly kind: "claimedByOther"; readonly id: string } & Holder)
  | NotFound;

export type ReopenOutcome =
  | { readonly kind: "reopened"; readonly task: Entity }
  | { readonly kind: "notClosed"; readonly id: string; readonly status: string }
  /** Closed in another work tree, and that is not merged here: there is nothing to reopen yet. */
  | {
      readonly kind: "notMerged";
      readonly id: string;
      readonly by: string;
      readonly at: string | null;
      readonly worktree: string;
    }
  /** Reopened and claimed in another work tree, and that is not merged here. */
  | ({ readonly kind: "claimedByOther"; readonly id: string } & Holder)
  | NotFound;
