import { GotError } from "../../base/errors.ts";
import { parseRef } from "../../model/entity-ref.ts";
import type { Entity, EntityDraft } from "../../model/entity.ts";
import { edgeId } from "../../store/check-graph.ts";
import { freeShortId } from "../short-id.ts";
import { workLimits } from "../work-limits.ts";
import { hasTask, taskIdsIn } from "./known-tasks.ts";
import type { TaskContext } from "./task-context.ts";
import { defaultPriority, requireTaskId, taskRef } from "./task-fields.ts";
import { taskLimits } from "./task-limits.ts";
import type { TaskDraft } from "./tasks.ts";

/** Makes a task and the edges to what it depends on, in one transaction; see `Tasks.create`. */
export async function createTask(context: TaskContext, draft: TaskDraft): Promise<Entity> {
  checkTitle(draft.title);
  checkFields(draft.fields);
  const parent = draft.parent === undefined ? undefined : requireTaskId(draft.parent);
  const dependsOn = [...new Set((draft.dependsOn ?? []).map(dependencyRef))];
  const wanted = draft.id === undefined ? undefined : requireTaskId(draft.id);
  if (wanted !== undefined) refuseElsewhere(context, wanted);
  const taken = wanted === undefined ? knownIds(context) : new Set<string>();
  for (let attempt = 0; attempt < workLimits.idAttempts; attempt++) {
    const id = wanted ?? (await freeId(context, draft, taken));
    const made = await write(context, { draft, id, parent, dependsOn });
    if (made !== "taken") return made;
    if (wanted !== undefined) {
      throw new GotError("INVALID_ENTITY", `There is a task ${id} already`, {
        facts: { task: id },
        hint: "Leave --id out and it gets one that is free, or look with got-hooks task show.",
      });
    }
    taken.add(id.toLowerCase());
  }
  throw new GotError("LIMIT_EXCEEDED", `Others took each of ${workLimits.idAttempts} new ids`, {
    facts: { attempts: workLimits.idAttempts },
    hint: "Try again, or name an id with --id.",
  });
}

async function write(
  { store }: TaskContext,
  task: {
    readonly draft: TaskDraft;
    readonly id: string;
    readonly parent: string | undefined;
    readonly dependsOn: readonly string[];
  },
): Promise<Entity | "taken"> {
  const { draft, id, parent, dependsOn } = task;
  const ref = taskRef(id);
  const outcome = await store.transaction(async (tx): Promise<Entity | "taken"> => {
    if ((await tx.get(ref)) !== null) return "taken";
    for (const needed of [...dependsOn, ...(parent === undefined ? [] : [taskRef(parent)])]) {
      if ((await tx.get(needed)) === null) throw missing(needed);
    }
    const entity: EntityDraft = {
      ...draft.fields,
      type: "task",
      id,
      title: draft.title,
      status: "pending",
      priority: draft.priority ?? defaultPriority,
      assignee: draft.assignee ?? null,
      ...(draft.description === undefined ? {} : { description: draft.description }),
      ...(draft.tags === undefined ? {} : { tags: [...new Set(draft.tags)] }),
      ...(parent === undefined ? {} : { parent }),
    };
    await tx.put(entity);
    for (const to of dependsOn) {
      await tx.put({ type: "edge", id: edgeId(ref, "depends_on", to), from: ref, kind: "depends_on", to });
    }
    const made = await tx.get(ref);
    if (made === null) throw missing(ref);
    return made;
  });
  if (outcome.kind === "committed") return outcome.value;
  throw new GotError(
    "STORE_UNUSABLE",
    `${outcome.conflicts[0]?.ref ?? ref} was changed by others in each of ${outcome.attempts} attempts; nothing was written`,
    { facts: { task: id }, hint: "Try again." },
  );
}

/**
 * Another work tree's task of this id would meet ours in a merge as another one, and a record would be taken for ours.
 *
 * @throws GotError INVALID_ENTITY
 */
function refuseElsewhere({ claims, workTrees, me }: TaskContext, id: string): void {
  // Here it is found under the store's eyes.
  if (hasTask(me.place.path, id)) return;
  const other = workTrees().find((workTree) => hasTask(workTree, id));
  const newest = claims.newest(id);
  const isUsed =
    newest.kind === "record" && (newest.record.kind === "claimed" || newest.record.kind === "closed");
  if (other === undefined && !isUsed) return;
  const where = other ?? `another branch, as its claim by ${isUsed ? newest.record.agent : "somebody"} says`;
  throw new GotError("INVALID_ENTITY", `There is a task ${id} already, in ${where}`, {
    facts: { task: id, workTree: other ?? null },
    hint: "Merge that branch, or choose another id; without --id it gets one that is free.",
  });
}

/** Every id that a work tree of this clone or a claim has, in lower case: many disks take `T-A` and `T-a` for one. */
function knownIds({ claims, workTrees }: TaskContext): Set<string> {
  const known = new Set(claims.tasks().map((id) => id.toLowerCase()));
  for (const workTree of workTrees()) for (const id of taskIdsIn(workTree)) known.add(id.toLowerCase());
  return known;
}

async function freeId(
  { me, session, now, randomHex }: TaskContext,
  { title }: TaskDraft,
  taken: ReadonlySet<string>,
): Promise<string> {
  const seed = JSON.stringify([title, me.agent, me.place.path, session, now().toISOString(), randomHex()]);
  return await freeShortId({ prefix: "T-", known: taken.size, seed }, (id) => taken.has(id.toLowerCase()));
}

function checkTitle(title: string): void {
  const reason =
    title.trim() === ""
      ? "it is empty"
      : title.length > taskLimits.titleLength
        ? `it has ${title.length} characters, and ${taskLimits.titleLength} are the most`
        : null;
  if (reason === null) return;
  throw new GotError("USAGE", `The title can't be used: ${reason}`, {
    facts: { length: title.length, limit: taskLimits.titleLength },
    hint: "Say in a few words what is to be done; the rest goes into --description.",
  });
}

/** What a task gets from elsewhere; taken silently it would be lost. */
const ownFields = ["type", "id", "title", "status", "priority", "assignee"];

function checkFields(fields: TaskDraft["fields"] = {}): void {
  const own = ownFields.find((field) => field in fields);
  if (own === undefined) return;
  throw new GotError("USAGE", `The field ${own} of a new task can't be set among other fields`, {
    facts: { field: own },
    hint: "Title, id, priority and assignee have options of their own; a new task is pending.",
  });
}

/** `T-1`, `task:T-1` or another entity's reference. */
function dependencyRef(text: string): string {
  return parseRef(text).kind === "parsed" ? text : taskRef(requireTaskId(text));
}

function missing(ref: string): GotError {
  return new GotError("INVALID_ENTITY", `There is no entity ${ref} in this work tree`, {
    facts: { ref },
    hint: "Create it first, or merge the branch that has it.",
  });
}
