import { randomBytes } from "node:crypto";
import path from "node:path";
import { GotError } from "../../base/errors.ts";
import { createProcessTable, type ProcessTable } from "../../lock/file/process-identity.ts";
import type { NewEvent } from "../../log/log.ts";
import { type StoreFiles, systemStoreFiles } from "../../store/store-files.ts";
import type { Store } from "../../store/store.ts";
import { openTurns } from "../../store/turns.ts";
import { openClaimFiles } from "./claim-files.ts";
import type { Place } from "./claim-record.ts";
import { claimNextTask } from "./claim-next.ts";
import { claimTask } from "./claim-task.ts";
import { closeTask } from "./close-task.ts";
import { createTask } from "./create-task.ts";
import { blockersOfOne, isReady, listTasks, unblockedBy } from "./list-tasks.ts";
import { releaseTask } from "./release-task.ts";
import { reopenTask } from "./reopen-task.ts";
import { findTask, type TaskContext } from "./task-context.ts";
import { requireTaskId } from "./task-fields.ts";
import type { Tasks } from "./tasks.ts";

export interface OpenTasksOptions {
  /** The entity store of the same work tree, opened for the same agent. */
  readonly store: Store;
  /** Top of the work tree; absolute. */
  readonly workTree: string;
  /** This worktree's own git directory. */
  readonly gitDir: string;
  /** What all linked worktrees share: the claims are in `<commonDir>/got/claims`. */
  readonly commonDir: string;
  /** Tops of all work trees of the repository; default: this one. Their tasks' ids are avoided. */
  readonly workTrees?: () => readonly string[];
  /** Who claims and closes. Each agent needs a name of its own. */
  readonly agent: string;
  readonly session?: string;
  readonly now?: () => Date;
  /** Takes `task.claimed`, `task.released`, `task.closed` and `task.reopened`; must not throw: what it tells of has happened. */
  readonly appendEvent?: (event: NewEvent) => void;
  /** What tests put in the place of the system. */
  readonly ports?: { readonly files?: StoreFiles; readonly processes?: ProcessTable };
}

/**
 * Opens the tasks of a work tree.
 *
 * @example
 * const tasks = openTasks({ store, workTree, gitDir, commonDir, agent: "ada" });
 * const next = await tasks.claimNext();
 * if (next.kind === "claimed") await tasks.close(next.task.id, { data: { commits: ["6bf895e"] } });
 */
export function openTasks(options: OpenTasksOptions): Tasks {
  const { now = () => new Date(), ports = {} } = options;
  const context: TaskContext = {
    store: options.store,
    claims: openClaimFiles({
      directory: path.join(options.commonDir, "got", "claims"),
      files: ports.files ?? systemStoreFiles,
      now,
    }),
    me: { agent: options.agent, place: placeOf(options) },
    session: options.session ?? null,
    commonDir: options.commonDir,
    workTrees: options.workTrees ?? (() => [options.workTree]),
    processes: ports.processes ?? createProcessTable(),
    now,
    randomHex: () => randomBytes(16).toString("hex"),
    appendEvent: options.appendEvent ?? (() => {}),
    takeTurn: () => takeTurn(options),
    unfinished: new Set(),
  };
  const list: Tasks["list"] = async (wanted = () => true) => (await listTasks(context)).filter(wanted);

  return {
    create: (draft) => createTask(context, draft),
    show: async (given) => {
      const found = await findTask(context, requireTaskId(given));
      if (found === null) return null;
      const { task, standing } = found;
      return { task, standing, blockedBy: await blockersOfOne(context, task) };
    },
    list,
    ready: () => list(isReady),
    claim: (id, wanted = {}) =>
      claimTask(context, requireTaskId(id), wanted, (task) => blockersOfOne(context, task)),
    claimNext: () => claimNextTask(context),
    release: (id, wanted = {}) => releaseTask(context, requireTaskId(id), wanted),
    close: async (id, wanted = {}) => {
      const outcome = await closeTask(context, requireTaskId(id), wanted);
      if (outcome.kind !== "closed") return outcome;
      return { ...outcome, unblocked: await unblockedBy(context, outcome.task).catch(onlyGotError) };
    },
    reopen: (id, wanted = {}) => reopenTask(context, requireTaskId(id), wanted),
  };
}

/** The task is closed, whatever is wrong with some other entity's file. */
function onlyGotError(error: unknown): null {
  if (error instanceof GotError) return null;
  throw error;
}

/** A fair lock that all worktrees of the clone share; opened when two have met. */
async function takeTurn({
  commonDir,
  agent,
  session,
}: Pick<OpenTasksOptions, "commonDir" | "agent" | "session">): Promise<() => Promise<void>> {
  const locksDirectory = path.join(commonDir, "got", "locks");
  const turns = openTurns({ locksDirectory, resource: "task", agent, session });
  const { leave } = await turns.take(["next"]);
  return async () => {
    await leave();
    await turns.close();
  };
}

function placeOf({
  gitDir,
  commonDir,
  workTree,
}: Pick<OpenTasksOptions, "gitDir" | "commonDir" | "workTree">): Place {
  const id = path.relative(commonDir, gitDir);
  return id === ""
    ? { id: ".", name: "main", path: workTree }
    : { id, name: path.basename(gitDir), path: workTree };
}
