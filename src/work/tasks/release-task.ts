import type { Entity } from "../../model/entity.ts";
import { checkedReason } from "./checked-reason.ts";
import type { Followed } from "./claim-files.ts";
import {
  findTask,
  formerHolder,
  holderOf,
  mirror,
  notFound,
  recordBase,
  type TaskContext,
  untilSettled,
} from "./task-context.ts";
import { statusOf, textField } from "./task-fields.ts";
import type { Holder, ReleaseOptions, ReleaseOutcome } from "./tasks.ts";

/** Gives a claim back; see `Tasks.release`. */
export async function releaseTask(
  context: TaskContext,
  id: string,
  { force }: ReleaseOptions,
): Promise<ReleaseOutcome> {
  const reason = force === undefined ? null : checkedReason(force.reason);
  return await untilSettled(id, async (): Promise<ReleaseOutcome | undefined> => {
    const found = await findTask(context, id);
    if (found === null) return notFound(context, id);
    const { standing, newest, task } = found;
    const { agent, place } = context.me;
    let from: Holder;
    switch (standing.kind) {
      case "closed":
        return { kind: "notClaimed", id, status: "closed" };
      case "free": {
        const by = textField(task, "assignee");
        if (by === null && statusOf(task) !== "in_progress")
          return { kind: "notClaimed", id, status: statusOf(task) };
        // The claim was ended elsewhere, or a release was cut short: the entity has yet to say so.
        from = holderOf(context, { by: by ?? "nobody", since: textField(task, "claimed_at"), place: null });
        break;
      }
      case "mine":
        from = holderOf(context, { by: agent, since: standing.since, place });
        break;
      case "taken":
        from = holderOf(context, standing);
        if (force === undefined && from.by !== agent) return { kind: "claimedByOther", id, ...from };
        break;
      case "unreadable":
        from = holderOf(context, { by: "somebody", since: null, place: null });
        if (force === undefined) return { kind: "claimedByOther", id, ...from };
    }
    return await recordRelease(context, { id, after: newest, from, reason });
  });
}

async function recordRelease(
  context: TaskContext,
  { id, after, from, reason }: { id: string; after: Followed; from: Holder; reason: string | null },
): Promise<ReleaseOutcome | undefined> {
  const record = { ...recordBase(context, id, reason), kind: "released", from: formerHolder(from) } as const;
  const added = context.claims.add(id, after, record);
  if (added.kind === "changed") return undefined;
  const failure = {
    message: `${id} is released for all worktrees, but its entity could not be written`,
    hint: `When that is mended: got-hooks task release ${id} to finish.`,
  };
  const outcome = await mirror<{ kind: "closed" }>(context, { id, number: added.number, failure }, (task) =>
    statusOf(task) === "closed" ? { instead: { kind: "closed" } } : releasedFields(task, from.by),
  );
  if (outcome.kind !== "mirrored") return undefined;
  context.appendEvent({
    event: "task.released",
    id: `task.released:${id}:${added.number}:${record.at}`,
    ref: `task:${id}`,
    token: added.number,
    from: from.by,
    worktree_of_claim: from.worktree,
    reason,
  });
  return { kind: "released", task: outcome.task, from };
}

/** Another work tree's claim may never have been merged here: then there is nothing to take back. */
function releasedFields(task: Entity, holder: string): Entity {
  const assignee = textField(task, "assignee");
  if (assignee !== null && assignee !== holder) return task;
  const isUnderWay = statusOf(task) === "in_progress";
  if (assignee === null && !isUnderWay) return task;
  return { ...task, ...(isUnderWay ? { status: "pending" } : {}), assignee: null, claimed_at: null };
}
