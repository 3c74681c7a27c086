import type { ClaimRecord } from "./claim-record.ts";
import { taskIn } from "./known-tasks.ts";
import { recordBase, type TaskContext } from "./task-context.ts";
import { taskLimits } from "./task-limits.ts";

/**
 * Keeps the claims directory bounded: when more tasks than `taskLimits.recordedTasks` have records, the oldest of those go that
 * tell no work tree anything new. Where even `recordedTasksMost` is passed, the oldest go that nobody holds.
 */
export function forgetRecords(context: TaskContext): void {
  const { claims, now, workTrees } = context;
  const recorded = claims.tasks();
  if (recorded.length <= taskLimits.recordedTasks) return;
  const before = new Date(now().getTime() - taskLimits.forgottenAfterMs).toISOString();
  const old = recorded
    .flatMap((task) => {
      const newest = claims.newest(task);
      return newest.kind === "record" && newest.record.at <= before ? [{ task, ...newest }] : [];
    })
    .sort((a, b) => (a.record.at < b.record.at ? -1 : 1));
  const trees = workTrees();
  let left = recorded.length;
  let forgotten = 0;
  for (const { task, record, number } of old) {
    if (forgotten === taskLimits.forgottenAtOnce) return;
    const isNeeded = trees.some((workTree) => tellsNews(taskIn(workTree, task), record));
    if (isNeeded && (record.kind === "claimed" || left <= taskLimits.recordedTasksMost)) continue;
    // As any other step: whoever has seen the old record loses against this one, or this one against them.
    const added = claims.add(
      task,
      { number, record },
      { ...recordBase(context, task, null), kind: "forgotten" },
    );
    if (added.kind === "changed") continue;
    claims.clear(task, added.number);
    left--;
    forgotten++;
  }
}

/** Whether a work tree has the task in a state that the record corrects. */
function tellsNews(task: ReturnType<typeof taskIn>, record: ClaimRecord): boolean {
  if (task === null) return false;
  // Conflict markers, say: what will stand there can't be told.
  if (task === "unreadable") return true;
  switch (record.kind) {
    case "claimed":
    case "closed":
      return task["status"] !== "closed";
    case "released":
      return record.from !== null && task["assignee"] === record.from.agent;
    case "reopened":
    case "forgotten":
      return false;
  }
}
