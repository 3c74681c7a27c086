import { checkedReason } from "./close-task.ts";
import { findTask, mirror, notFound, recordBase, type TaskContext, untilSettled } from "./task-context.ts";
import { statusOf } from "./task-fields.ts";
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
    const record = { ...recordBase(context, id, reason), kind: "reopened" } as const;
    const added = context.claims.add(id, newest.number, record);
    if (added.kind === "changed") return undefined;
    const failure = {
      message: `${id} is reopened for all worktrees, but its entity could not be written`,
      hint: `When that is mended: got-hooks task reopen ${id} to finish.`,
    };
    const outcome = await mirror(context, { id, number: added.number, failure }, (before) => {
      const { closed_at: _, closed_by: __, close_reason: ___, close_data: ____, ...open } = before;
      return { ...open, id, type: "task", status: "pending", assignee: null, claimed_at: null };
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
