import { parseRef } from "../../model/entity-ref.ts";
import type { Entity } from "../../model/entity.ts";
import { type Blocker, createBlockers, isBlockingEdge } from "./blockers.ts";
import { isClaimable } from "./claim-task.ts";
import { judgeTask } from "./standing.ts";
import type { TaskContext } from "./task-context.ts";
import { compareTasks, statusOf, taskRef } from "./task-fields.ts";
import type { TaskView } from "./tasks.ts";

/** One listing of the tasks and one of the edges, whatever their number; records are read for tasks that are not closed. */
export async function listTasks(context: TaskContext): Promise<readonly TaskView[]> {
  const { store, claims, me } = context;
  const tasks = await store.list("task");
  const edges = await store.list("edge", isBlockingEdge);
  const byRef = new Map(tasks.map((task) => [taskRef(task.id), task]));
  const others = await readOthers(context, edges, byRef);
  const blockersOf = createBlockers(edges, (ref) => byRef.get(ref) ?? others.get(ref));
  const recorded = new Set(claims.tasks());
  return tasks
    .map((task): TaskView => {
      const isClosed = statusOf(task) === "closed";
      const newest =
        recorded.has(task.id) && !isClosed ? claims.newest(task.id) : ({ kind: "none", number: 0 } as const);
      return {
        task,
        standing: judgeTask(task, newest, me),
        blockedBy: isClosed ? [] : blockersOf(task),
      };
    })
    .sort((a, b) => compareTasks(a.task, b.task));
}

/** Open, unblocked, and nobody's or mine. */
export function isReady({ task, standing, blockedBy }: TaskView): boolean {
  return (
    (standing.kind === "free" || standing.kind === "mine") && blockedBy.length === 0 && isClaimable(task)
  );
}

/** What keeps one task waiting. */
export async function blockersOfOne(context: TaskContext, task: Entity): Promise<readonly Blocker[]> {
  return await blockersAmong(context, await context.store.list("edge", isBlockingEdge), task);
}

/** Tasks that an edge lets wait for this one, and that nothing else keeps waiting. */
export async function unblockedBy(context: TaskContext, task: Entity): Promise<readonly string[]> {
  const ref = taskRef(task.id);
  const edges = await context.store.list("edge", isBlockingEdge);
  const waiting = edges.flatMap(({ from, kind, to }) =>
    kind === "depends_on" ? (to === ref ? [from] : []) : from === ref ? [to] : [],
  );
  const unblocked: string[] = [];
  for (const other of new Set(waiting)) {
    if (typeof other !== "string" || !other.startsWith("task:")) continue;
    const entity = await readRef(context, other);
    if (entity === null || !isClaimable(entity)) continue;
    if ((await blockersAmong(context, edges, entity)).length === 0) unblocked.push(entity.id);
  }
  return unblocked.sort();
}

async function blockersAmong(
  context: TaskContext,
  edges: readonly Entity[],
  task: Entity,
): Promise<readonly Blocker[]> {
  const found = new Map<string, Entity | null>();
  const look = (wanted: string): Entity | null | undefined => {
    if (!found.has(wanted)) found.set(wanted, null);
    return found.get(wanted);
  };
  // Once to learn what is asked for, and once with the answers.
  createBlockers(edges, look)(task);
  for (const wanted of found.keys()) found.set(wanted, await readRef(context, wanted));
  return createBlockers(edges, look)(task);
}

/** What edges name and what is no task. */
async function readOthers(
  context: TaskContext,
  edges: readonly Entity[],
  known: ReadonlyMap<string, Entity>,
): Promise<ReadonlyMap<string, Entity>> {
  const others = new Map<string, Entity>();
  for (const edge of edges) {
    for (const ref of [edge["from"], edge["to"]]) {
      if (typeof ref !== "string" || known.has(ref) || others.has(ref) || ref.startsWith("task:")) continue;
      const entity = await readRef(context, ref);
      if (entity !== null) others.set(ref, entity);
    }
  }
  return others;
}

/** Null also for what is no reference: an edge that a person has written may hold anything. */
async function readRef({ store }: TaskContext, ref: string): Promise<Entity | null> {
  return parseRef(ref).kind === "parsed" ? await store.get(ref) : null;
}
