import { GotError } from "../../base/errors.ts";
import type { Entity } from "../../model/entity.ts";
import type { PlainJson } from "../../model/json/plain-json.ts";
import { attemptTo } from "../../lock/file/lock-files.ts";
import { checkedReason } from "./checked-reason.ts";
import type { Followed } from "./claim-files.ts";
import type { ClaimRecord } from "./claim-record.ts";
import { forgetRecords } from "./forget-records.ts";
import { outlivesClose, type Standing } from "./standing.ts";
import {
  findTask,
  type Found,
  holderOf,
  isInterrupted,
  mirror,
  notFound,
  recordBase,
  type TaskContext,
  unreadable,
  untilSettled,
} from "./task-context.ts";
import { statusOf } from "./task-fields.ts";
import { taskLimits } from "./task-limits.ts";
import type { CloseOptions, CloseOutcome, Holder } from "./tasks.ts";

type Closed = Omit<Extract<CloseOutcome, { kind: "closed" }>, "unblocked">;
type Refused = Exclude<CloseOutcome, { kind: "closed" }>;
type ClosedRecord = Extract<ClaimRecord, { kind: "closed" }>;

/** Closes a task; see `Tasks.close`. The record is the close and the end of the claim in one; the entity follows. */
export async function closeTask(
  context: TaskContext,
  id: string,
  options: CloseOptions,
): Promise<Closed | Refused> {
  const { reason = null, data = null } = checked(options);
  const outcome = await untilSettled(id, async (): Promise<Closed | Refused | undefined> => {
    const found = await findTask(context, id);
    if (found === null) return notFound(context, id);
    const { standing, newest } = found;
    if (standing.kind === "unreadable") throw unreadable(id, standing);
    if (standing.kind === "closed") return await closedBefore(context, found, standing);
    const holder = standing.kind === "taken" ? holderOf(context, standing) : null;
    // Whoever closes under the name that claimed it is not asked from which worktree: the branch may be merged by now.
    const takenFrom = holder?.by === context.me.agent ? null : holder;
    if (takenFrom !== null && options.force !== true) return { kind: "claimedByOther", id, ...takenFrom };
    const record: ClosedRecord = { ...recordBase(context, id, reason), kind: "closed", data };
    return await recordClose(context, { after: newest, record, takenFrom });
  });
  // The task is closed, whatever becomes of tidying up.
  if (outcome.kind === "closed") attemptTo(() => forgetRecords(context));
  return outcome;
}

async function recordClose(
  context: TaskContext,
  { after, record, takenFrom }: { after: Followed; record: ClosedRecord; takenFrom: Holder | null },
): Promise<Closed | undefined> {
  const added = context.claims.add(record.task, after, record);
  if (added.kind === "changed") return undefined;
  const { task: id, at, reason, data } = record;
  const task = await mirrorClose(context, added.number, record);
  if (task === undefined) return undefined;
  context.appendEvent({
    event: "task.closed",
    id: `task.closed:${id}:${added.number}:${at}`,
    ref: `task:${id}`,
    token: added.number,
    reason,
    ...(data === null ? {} : { data }),
    ...(takenFrom === null ? {} : { from: takenFrom.by }),
  });
  return { kind: "closed", task, takenFrom };
}

/** Undefined when the task is something else by now, which is what counts: looking again tells. */
async function mirrorClose(
  context: TaskContext,
  number: number,
  record: ClosedRecord,
): Promise<Entity | undefined> {
  const { task: id, agent } = record;
  const failure = {
    message: `${id} is closed by ${agent} for all worktrees and its claim is ended, but its entity could not be written`,
    hint: `When that is mended: got-hooks task close ${id} to finish, or got-hooks task reopen ${id} to take it back.`,
  };
  const outcome = await mirror<{ kind: "closedByOthers" }>(context, { id, number, failure }, (task) =>
    statusOf(task) === "closed" ? { instead: { kind: "closedByOthers" } } : closedFields(task, record),
  );
  return outcome.kind === "mirrored" ? outcome.task : undefined;
}

function closedFields(
  task: Entity,
  { agent, at, reason, data }: Pick<ClosedRecord, "agent" | "at" | "reason" | "data">,
): Entity {
  return {
    ...task,
    status: "closed",
    closed_at: at,
    closed_by: agent,
    close_reason: reason,
    ...(data === null ? {} : { close_data: data }),
  };
}

/** Somebody has closed it; what they could not finish is finished here. */
async function closedBefore(
  context: TaskContext,
  { task, newest }: Found,
  standing: Extract<Standing, { kind: "closed" }>,
): Promise<Closed | Refused | undefined> {
  const { by, at, reason, place, merged } = standing;
  if (newest.kind === "record") {
    const { number, record } = newest;
    const { me, processes } = context;
    // Whoever closed it in this work tree was killed before the entity said so. The agent itself hears that it has closed the task,
    // in one process only: hence a record of its own.
    const isHere = record.place.id === me.place.id && isInterrupted(context, newest);
    if (!merged && record.kind === "closed" && isHere) {
      if (record.agent === me.agent) {
        const again = { ...record, process: processes.identify() };
        return await recordClose(context, { after: newest, record: again, takenFrom: null });
      }
      await mirrorClose(context, number, record);
    }
    // Closed by other means (a merge, `entity set`), and nobody has ended the claim.
    if (merged && record.kind === "claimed" && !outlivesClose(record, task, me)) {
      const ended = { ...recordBase(context, task.id, reason), agent: by, data: null };
      context.claims.add(task.id, newest, { ...ended, kind: "closed" });
    }
  }
  return {
    kind: "alreadyClosed",
    id: task.id,
    by,
    at,
    closeReason: reason,
    worktree: place?.name ?? null,
    merged,
  };
}

function checked({ reason, data }: CloseOptions): { readonly reason?: string; readonly data?: PlainJson } {
  const sizeBytes = data === undefined ? 0 : Buffer.byteLength(JSON.stringify(data));
  if (sizeBytes > taskLimits.closeDataBytes) {
    throw new GotError(
      "LIMIT_EXCEEDED",
      `The completion data has ${sizeBytes} bytes; ${taskLimits.closeDataBytes} are the most`,
      {
        facts: { sizeBytes, limitBytes: taskLimits.closeDataBytes },
        hint: "Put large results into a file or an entity and name it in the data.",
      },
    );
  }
  return {
    ...(reason === undefined ? {} : { reason: checkedReason(reason) }),
    ...(data === undefined ? {} : { data }),
  };
}
