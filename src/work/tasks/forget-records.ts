import type { ClaimRecord } from "./claim-record.ts";
import { taskIn } from "./known-tasks.ts";
import { recordBase, type TaskContext } from "./task-context.ts";
import { taskLimits } from "./task-limits.ts";

/**
 * Keeps the claims directory bounded: when more tasks than `taskLimits.recordedTasks` have records, the oldest of those go that
 * nobody holds and that tell no work tree anything new. Where even `recordedTasksMost` is passed, the oldest go that nobody holds.
 */
export function forgetRecords(context: TaskContext): void {
  const { claims, now, workTrees } = context;
  const recorded = claims.tasks();
  if (recorded.length <= taskLimits.recordedTasks) return;
  const before = new Date(now().getTime() - taskLimits.forgottenAfterMs).toISOString();
  const old = recorded
    .flatMap((task) => {
      const newest = claims.newest(task);
      if (newest.kind !== "record") return [];
      const { record, number } = newest;
      return record.kind === "claimed" || record.at > before ? [] : [{ task, record, number }];
    })
    .sort((a, b) => (a.record.at < b.record.at ? -1 : 1));
  const trees = workTrees();
  let left = recorded.length;
  for (const { task, record, number } of old.slice(0, taskLimits.forgottenAtOnce)) {
    const isNeeded = trees.some((workTree) => tellsNews(workTree, task, record));
    if (isNeeded && left <= taskLimits.recordedTasksMost) continue;
    const added = claims.add(task, number, { ...recordBase(context, task, null), kind: "forgotten" });
    if (added.kind === "changed") continue;
    claims.clear(task, added.number);
    left--;
  }
}

/** Whether a work tree has the task in a state that the record corrects. */
function tellsNews(workTree: string, id: string, record: ClaimRecord): boolean {
  const task = taskIn(workTree, id);
  if (task === null) return false;
  switch (record.kind) {
    case "closed":
      return task["status"] !== "closed";
    case "released":
      return record.from !== null && task["assignee"] === record.from.agent;
    case "claimed":
      return true;
    case "reopened":
    case "forgotten":
      return false;
  }
}
