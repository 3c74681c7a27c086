import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { GotError } from "../../base/errors.ts";
import { systemCode } from "../../lock/file/lock-files.ts";
import { judgeHolder } from "../../lock/file/judge-holder.ts";
import type { ProcessTable } from "../../lock/file/process-identity.ts";
import type { NewEvent } from "../../log/log.ts";
import type { Entity, EntityDraft } from "../../model/entity.ts";
import type { Store } from "../../store/store.ts";
import type { ClaimFiles, Newest } from "./claim-files.ts";
import type { ClaimRecord, FormerHolder, Place } from "./claim-record.ts";
import { hasTask } from "./known-tasks.ts";
import { type Claimant, judgeTask, type Standing } from "./standing.ts";
import { taskRef } from "./task-fields.ts";
import { taskLimits } from "./task-limits.ts";
import type { Holder, NotFound } from "./tasks.ts";

/** What the operations on tasks share. */
export interface TaskContext {
  readonly store: Store;
  readonly claims: ClaimFiles;
  readonly me: Claimant;
  readonly session: string | null;
  readonly commonDir: string;
  /** Tops of all work trees of the repository, this one included. */
  readonly workTrees: () => readonly string[];
  readonly processes: ProcessTable;
  readonly now: () => Date;
  readonly randomHex: () => string;
  readonly appendEvent: (event: NewEvent) => void;
  /** Waits for a turn among those who claim the next task; goes on without one after a while: nothing rests on it. */
  readonly takeTurn: () => Promise<() => Promise<void>>;
  /** Records of ours, as `<task>/<number>`, that an error kept from reaching the entity. */
  readonly unfinished: Set<string>;
}

/** A task with everything that decides about it. */
export interface Found {
  readonly task: Entity;
  readonly newest: Newest;
  readonly standing: Standing;
}

export async function findTask(context: TaskContext, id: string): Promise<Found | null> {
  // The record first: an entity that is read after it is at least as new as what the record was made after.
  const newest = context.claims.newest(id);
  const task = await context.store.get(taskRef(id));
  return task === null ? null : { task, newest, standing: judgeTask(task, newest, context.me) };
}

export function notFound(context: TaskContext, id: string): NotFound {
  const elsewhere = context.workTrees().filter((workTree) => hasTask(workTree, id));
  return { kind: "notFound", id, elsewhere };
}

/** The members that every record of ours has. */
export function recordBase(
  { me, session, now, processes }: TaskContext,
  task: string,
  reason: string | null,
): Omit<Extract<ClaimRecord, { kind: "reopened" | "forgotten" }>, "kind"> {
  return {
    task,
    agent: me.agent,
    session,
    place: me.place,
    at: now().toISOString(),
    process: processes.identify(),
    reason,
  };
}

/** Whether nobody is about to finish what a record began: its process is gone for certain, or we ourselves have met an error. */
export function isInterrupted(
  { processes, unfinished }: TaskContext,
  { number, record }: NumberedRecord,
): boolean {
  if (unfinished.has(`${record.task}/${number}`)) return true;
  const { process } = record;
  const nobody = { since: "-", agent: undefined, session: undefined, what: undefined };
  return (
    process.pid > 0 &&
    judgeHolder({ ...process, ...nobody, mode: undefined, leaseMs: undefined }, processes) === "dead"
  );
}

type NumberedRecord = Pick<Extract<Newest, { kind: "record" }>, "number" | "record">;

export function holderOf(
  { commonDir }: TaskContext,
  { by, since, place }: { readonly by: string; readonly since: string | null; readonly place: Place | null },
): Holder {
  if (place === null) return { by, since, worktree: null, path: null, worktreeGone: false };
  return { by, since, worktree: place.name, ...whereNow(commonDir, place) };
}

/** Where a work tree is now: it may have been moved since, or removed. */
function whereNow(commonDir: string, place: Place): Pick<Holder, "path" | "worktreeGone"> {
  if (place.id === ".") return { path: place.path, worktreeGone: false };
  try {
    // git's own note of where the linked worktree's `.git` is.
    const folder = path.join(commonDir, place.id);
    // Relative to its own folder with git's worktree.useRelativePaths.
    const link = path.resolve(folder, readFileSync(path.join(folder, "gitdir"), "utf8").replace(/\n$/, ""));
    return { path: path.dirname(link), worktreeGone: !existsSync(link) };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { path: place.path, worktreeGone: true };
    throw error;
  }
}

export function formerHolder({ by, since, worktree }: Holder): FormerHolder {
  return { agent: by, at: since, worktree };
}

export type Mirrored<Extra> =
  | { readonly kind: "mirrored"; readonly task: Entity }
  /** A newer record has come; the entity follows that one. */
  | { readonly kind: "overtaken" }
  | Extra;

/**
 * Lets the entity say what record `number` says. Needs no lock: the newest record is looked at after the entity was read and the
 * commit fails when the entity has changed since, so whichever order two of these come in, the newer record's state remains.
 *
 * @param change gives the new state, or something else to give the transaction up for.
 * @throws GotError that `failure` makes of whatever went wrong: the record stands, the entity may not say so.
 */
export async function mirror<Extra extends { readonly kind: string } = never>(
  { store, claims, unfinished }: TaskContext,
  { id, number, failure }: { readonly id: string; readonly number: number; readonly failure: Failure },
  change: (task: Entity) => EntityDraft | { readonly instead: Extra },
): Promise<Mirrored<Extra>> {
  const ref = taskRef(id);
  try {
    const outcome = await store.transaction(async (tx): Promise<Mirrored<Extra>> => {
      const task = await tx.get(ref);
      if (claims.newest(id).number !== number) return { kind: "overtaken" };
      if (task === null) throw new Error(`${ref} was deleted meanwhile`);
      const next = change(task);
      if (isInstead(next)) return next.instead;
      await tx.put(next);
      return { kind: "mirrored", task: (await tx.get(ref)) ?? task };
    });
    if (outcome.kind === "conflict") {
      throw new Error(`others changed it in each of ${outcome.attempts} attempts`);
    }
    unfinished.delete(`${id}/${number}`);
    return outcome.value;
  } catch (cause) {
    unfinished.add(`${id}/${number}`);
    throw new GotError("STORE_UNUSABLE", failure.message, {
      facts: { task: id, record: number },
      hint: failure.hint,
      cause,
    });
  }
}

/** What to say when the entity can't be written although the record is: which state is left, and what to do. */
export interface Failure {
  readonly message: string;
  readonly hint: string;
}

function isInstead<Extra>(
  next: EntityDraft | { readonly instead: Extra },
): next is { readonly instead: Extra } {
  return "instead" in next && !("type" in next);
}

/** Runs `step` until it gives an outcome rather than `undefined`, which means that others have changed the task. */
export async function untilSettled<Outcome>(
  id: string,
  step: () => Promise<Outcome | undefined>,
): Promise<Outcome> {
  for (let attempt = 0; attempt < taskLimits.attempts; attempt++) {
    const outcome = await step();
    if (outcome !== undefined) return outcome;
  }
  throw new GotError(
    "STORE_UNUSABLE",
    `${id} was changed by others in each of ${taskLimits.attempts} attempts; nothing was done`,
    { facts: { task: id, attempts: taskLimits.attempts }, hint: "Try again." },
  );
}

/** The error for a record that says nothing that we can read. */
export function unreadable(
  id: string,
  { file, reason }: { readonly file: string; readonly reason: string },
): GotError {
  return new GotError("STORE_UNUSABLE", `The claim of ${id} in ${file} can't be read: ${reason}`, {
    facts: { task: id, file },
    hint: `If nobody works on it: got-hooks task release ${id} --force --reason "…".`,
  });
}
