import { isClaimable, isUnfinished, takeTask } from "./claim-task.ts";
import { isReady, listTasks } from "./list-tasks.ts";
import { judgeTask } from "./standing.ts";
import { findTask, type Found, type TaskContext, untilSettled } from "./task-context.ts";
import type { Claimed, NextOutcome, TaskView } from "./tasks.ts";

/** Finds the first ready task that nobody has and claims it; see `Tasks.claimNext`. */
export async function claimNextTask(context: TaskContext): Promise<NextOutcome> {
  return await untilSettled("the next task", async (): Promise<NextOutcome | undefined> => {
    const views = await listTasks(context);
    const underWay = views
      .filter(({ standing }) => standing.kind === "mine" && standing.underWay)
      .map(({ task }) => task.id);
    const outcome = await claimFirst(context, views.filter(isReady));
    // Whoever was faster may have met something that made them give the task back.
    if (outcome === "late") return undefined;
    if (outcome === "none") return { kind: "nothingReady", mine: underWay, ...countOpen(views) };
    return { ...outcome, alsoMine: underWay.filter((id) => id !== outcome.task.id) };
  });
}

/**
 * Claims the first of these that can still be had. Who meets somebody that was faster takes turns with the others from then on: a
 * crowd that walks down one list in step would meet at each of them, and again at the store's lock.
 */
async function claimFirst(
  context: TaskContext,
  ready: readonly TaskView[],
): Promise<Claimed | "late" | "none"> {
  let leave: (() => Promise<void>) | undefined;
  try {
    for (const view of ready) {
      const found = await lookAgain(context, view);
      if (found === null) continue;
      const claimed = await takeTask(context, found, null);
      if (claimed !== undefined) return claimed;
      leave ??= await context.takeTurn();
    }
    return leave === undefined ? "none" : "late";
  } finally {
    await leave?.();
  }
}

/** The task as of now, because a listing of thousands is old by the time that it is walked through; null when it is not to be had. */
async function lookAgain(context: TaskContext, { task }: TaskView): Promise<Found | null> {
  // The record alone tells most of what others have taken since.
  const early = judgeTask(task, context.claims.newest(task.id), context.me);
  if (early.kind !== "free" && early.kind !== "mine") return null;
  const found = await findTask(context, task.id);
  if (found === null || !isClaimable(found.task)) return null;
  const { standing } = found;
  if (standing.kind === "free") return found;
  if (standing.kind !== "mine") return null;
  return !standing.underWay || isUnfinished(context, found) ? found : null;
}

function countOpen(views: readonly TaskView[]): { readonly taken: number; readonly blocked: number } {
  const open = views.filter(({ standing }) => standing.kind !== "closed");
  return {
    taken: open.filter(({ standing }) => standing.kind === "taken" || standing.kind === "unreadable").length,
    blocked: open.filter((view) => view.blockedBy.length > 0 || !isClaimable(view.task)).length,
  };
}
