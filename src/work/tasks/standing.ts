import type { Entity } from "../../model/entity.ts";
import type { Newest } from "./claim-files.ts";
import type { ClaimRecord, FormerHolder, Place } from "./claim-record.ts";
import { statusOf, textField } from "./task-fields.ts";

/** Who asks. */
export interface Claimant {
  readonly agent: string;
  readonly place: Place;
}

/** Where a task stands, as this work tree's entity and the claims of all worktrees together tell it. */
export type Standing =
  /** Nobody has it. */
  | { readonly kind: "free" }
  /** `underWay`: claimed, not merely assigned. `mirrored`: the entity says so too. */
  | {
      readonly kind: "mine";
      readonly since: string | null;
      readonly underWay: boolean;
      readonly mirrored: boolean;
    }
  /** `since` is null for what was assigned and never claimed; `place` where only the entity tells. */
  | {
      readonly kind: "taken";
      readonly by: string;
      readonly since: string | null;
      readonly place: Place | null;
    }
  /** `merged`: this work tree's entity says so itself. */
  | {
      readonly kind: "closed";
      readonly by: string;
      readonly at: string | null;
      readonly reason: string | null;
      readonly place: Place | null;
      readonly merged: boolean;
    }
  | { readonly kind: "unreadable"; readonly file: string; readonly reason: string };

/**
 * Judges a task. A closed entity is closed; else the newest record counts for what it says; else the entity.
 *
 * Mine is what my agent's name has claimed *in this work tree*: agents that forgot to take names of their own share git's
 * `user.name`, and must not be let into one task from two work trees.
 */
export function judgeTask(task: Entity, newest: Newest, me: Claimant): Standing {
  if (statusOf(task) === "closed") {
    return {
      kind: "closed",
      by: textField(task, "closed_by") ?? task.updated_by ?? "somebody",
      at: textField(task, "closed_at"),
      reason: textField(task, "close_reason"),
      place: null,
      merged: true,
    };
  }
  if (newest.kind === "unreadable") return { kind: "unreadable", file: newest.file, reason: newest.reason };
  const assignee = textField(task, "assignee");
  const since = textField(task, "claimed_at");
  if (newest.kind === "record") {
    const { record } = newest;
    const { agent, place, at } = record;
    if (record.kind === "closed" && !isReopenedSince(task, at))
      return { kind: "closed", by: agent, at, reason: record.reason, place, merged: false };
    if (record.kind === "claimed") {
      if (agent !== me.agent || place.id !== me.place.id)
        return { kind: "taken", by: agent, since: at, place };
      return { kind: "mine", since: at, underWay: true, mirrored: showsClaim(task, agent) };
    }
    if (record.kind === "released" && isOutdated(task, record.from, at)) return { kind: "free" };
    // What another work tree's entity says of a claim from before.
    if (record.kind === "reopened" && since !== null && since <= at) return { kind: "free" };
  }
  if (assignee === null) return { kind: "free" };
  return assignee === me.agent
    ? { kind: "mine", since, underWay: showsClaim(task, assignee), mirrored: true }
    : { kind: "taken", by: assignee, since, place: null };
}

/** Whether the entity says that `agent` works on it. */
export function showsClaim(task: Entity, agent: string): boolean {
  return statusOf(task) === "in_progress" && textField(task, "assignee") === agent;
}

/** Whether the entity was opened again after a close at this time, e.g. in another clone, whose records don't come here. */
function isReopenedSince(task: Entity, closedAt: string): boolean {
  return (textField(task, "reopened_at") ?? "") > closedAt;
}

/**
 * Whether a claim was made in another work tree after the close that this work tree's entity tells of: the task was reopened there,
 * and the claim is not for us to end.
 */
export function outlivesClose(
  { at, place }: Pick<ClaimRecord, "at" | "place">,
  task: Entity,
  me: Claimant,
): boolean {
  const closedAt = textField(task, "closed_at") ?? task.updated_at;
  return place.id !== me.place.id && closedAt !== undefined && at > closedAt;
}

/** Whether the entity still names a holder whose claim, or assignment, was ended after it was made. */
function isOutdated(task: Entity, former: FormerHolder | null, releasedAt: string): boolean {
  if (former === null || textField(task, "assignee") !== former.agent) return false;
  const since = textField(task, "claimed_at");
  // The very claim that was released, or one before; a clock may have been set back in between.
  return since === null ? former.at === null : since === former.at || since <= releasedAt;
}
