import { checkedReason } from "./checked-reason.ts";
import {
  findTask,
  holderOf,
  mirror,
  notFound,
  recordBase,
  type TaskContext,
  untilSettled,
} from "./task-context.ts";
import { outlivesClose } from "./standing.ts";
import { statusOf, textField } from "./task-fields.ts";
import type { ReopenOptions, ReopenOutcome } from "./tasks.ts";

/** Opens a closed task again, for nobody; see `Tasks.reopen`. */
export async function reopenTask(
  context: TaskContext,
  id: string,
  options: ReopenOptions,
): Promise<ReopenOutcome> {
  const reason = options.reason === undefined ? null : checkedReason(options.reason);
  return await untilSettled(id, async (): Promise<ReopenOutcome | undefined> => {
    const found = await findTask(context, id);
    if (found === null) return notFound(context, id);
    const { standing, newest, task } = found;
    if (standing.kind !== "closed") return { kind: "notClosed", id, status: statusOf(task) };
    const { by, at, place, merged } = standing;
    // Reopened now, it would be closed again by the merge that brings the close.
    if (!merged && place !== null && place.id !== context.me.place.id && options.force !== true)
      return { kind: "notMerged", id, by, at, worktree: place.name };
    if (
      newest.kind === "record" &&
      newest.record.kind === "claimed" &&
      outlivesClose(newest.record, task, context.me) &&
      options.force !== true
    ) {
      const { agent, at: since, place: where } = newest.record;
      return { kind: "claimedByOther", id, ...holderOf(context, { by: agent, since, place: where }) };
    }
    const record = { ...recordBase(context, id, reason), kind: "reopened" } as const;
    const added = context.claims.add(id, newest, record);
    if (added.kind === "changed") return undefined;
    const failure = {
      message: `${id} is reopened for all worktrees, but its entity could not be written`,
      hint: `When that is mended: got-hooks task reopen ${id} to finish.`,
    };
    const outcome = await mirror(context, { id, number: added.number, failure }, (before) => {
      const { closed_at: _, closed_by: __, close_reason: ___, close_data: ____, ...open } = before;
      const reopenedAt = laterOf(record.at, textField(before, "closed_at"));
      return {
        ...open,
        id,
        type: "task",
        status: "pending",
        assignee: null,
        claimed_at: null,
        reopened_at: reopenedAt,
      };
    });
    if (outcome.kind === "overtaken") return undefined;
    context.appendEvent({
      event: "task.reopened",
      id: `task.reopened:${id}:${added.number}:${record.at}`,
      ref: `task:${id}`,
      token: added.number,
      reason,
    });
    return { kind: "reopened", task: outcome.task };
  });
}

/** `at`, or just after the close where the clock that closed it is ahead of ours: the order is what has to be told. */
function laterOf(at: string, closedAt: string | null): string {
  const closedMs = closedAt === null ? NaN : Date.parse(closedAt);
  return Date.parse(at) > closedMs || Number.isNaN(closedMs) ? at : new Date(closedMs + 1).toISOString();
}
