import type { Entity } from "../../model/entity.ts";
import type { Blocker } from "./blockers.ts";
import type { ClaimRecord } from "./claim-record.ts";
import { checkedReason } from "./checked-reason.ts";
import { showsClaim, type Standing } from "./standing.ts";
import {
  type Found,
  findTask,
  formerHolder,
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
import type { Claimed, ClaimOptions, ClaimOutcome, Holder, NotClaimable } from "./tasks.ts";

/** Statuses that a task may be claimed in. */
const claimable: ReadonlySet<string> = new Set(["pending", "open", "in_progress"]);

/** Claims one task; see `Tasks.claim`. */
export async function claimTask(
  context: TaskContext,
  id: string,
  { steal }: ClaimOptions,
  blockersOf: (task: Entity) => Promise<readonly Blocker[]>,
): Promise<ClaimOutcome> {
  const reason = steal === undefined ? null : checkedReason(steal.reason);
  return await untilSettled(id, async (): Promise<ClaimOutcome | undefined> => {
    const found = await findTask(context, id);
    if (found === null) return notFound(context, id);
    const { standing, newest } = found;
    if (standing.kind === "closed") return closedRefusal(id, standing);
    if (standing.kind === "unreadable") throw unreadable(id, standing);
    const holder = standing.kind === "taken" ? holderOf(context, standing) : null;
    if (holder !== null && steal === undefined) return { kind: "alreadyClaimed", id, ...holder };
    if (standing.kind === "mine" && newest.kind === "record" && newest.record.kind === "claimed")
      return await finishClaim(context, newest, {
        again: true,
        isNews: !standing.mirrored,
        stolenFrom: null,
      });
    const refusal = await obstacle(found, blockersOf);
    if (refusal !== undefined) return refusal;
    return await takeTask(context, found, holder === null ? null : { holder, reason });
  });
}

/** Why a task that is nobody's, or mine, can't be claimed all the same. */
async function obstacle(
  { task }: Found,
  blockersOf: (task: Entity) => Promise<readonly Blocker[]>,
): Promise<NotClaimable | undefined> {
  const status = statusOf(task);
  if (!isClaimable(task)) return { kind: "notClaimable", id: task.id, reason: "status", status };
  const by = await blockersOf(task);
  return by.length === 0 ? undefined : { kind: "notClaimable", id: task.id, reason: "blocked", by };
}

export function isClaimable(task: Entity): boolean {
  return claimable.has(statusOf(task));
}

/**
 * Takes a task as it was found; undefined when others were faster. A claim of ours that a crash left unfinished is taken over by
 * a record of its own, so that one process does so.
 */
export async function takeTask(
  context: TaskContext,
  { task, newest, standing }: Found,
  stolen: { readonly holder: Holder; readonly reason: string | null } | null,
): Promise<Claimed | undefined> {
  const record: Extract<ClaimRecord, { kind: "claimed" }> = {
    ...recordBase(context, task.id, stolen?.reason ?? null),
    kind: "claimed",
    from: stolen === null ? null : formerHolder(stolen.holder),
  };
  const added = context.claims.add(task.id, newest, record);
  if (added.kind === "changed") return undefined;
  return await finishClaim(
    context,
    { number: added.number, record },
    {
      again: standing.kind === "mine" && standing.underWay,
      isNews: true,
      stolenFrom: stolen?.holder ?? null,
    },
  );
}

/** Whether this is a claim of ours whose process died before the entity said so. */
export function isUnfinished(context: TaskContext, { newest, standing }: Found): boolean {
  return (
    standing.kind === "mine" &&
    !standing.mirrored &&
    newest.kind === "record" &&
    isInterrupted(context, newest)
  );
}

async function finishClaim(
  context: TaskContext,
  { number, record }: { readonly number: number; readonly record: ClaimRecord },
  { again, isNews, stolenFrom }: Pick<Claimed, "again" | "stolenFrom"> & { readonly isNews: boolean },
): Promise<Claimed | undefined> {
  const { task: id, agent, at } = record;
  const failure = {
    message: `${id} is claimed by you (${agent}) for all worktrees, but its entity could not be written`,
    hint: `When that is mended: got-hooks task claim ${id} to finish, or got-hooks task release ${id} to give it back.`,
  };
  const outcome = await mirror<{ kind: "closed" }>(context, { id, number, failure }, (task) => {
    if (statusOf(task) === "closed") return { instead: { kind: "closed" } };
    if (showsClaim(task, agent) && task["claimed_at"] === at) return task;
    return { ...task, status: "in_progress", assignee: agent, claimed_at: at };
  });
  switch (outcome.kind) {
    case "overtaken":
      return undefined;
    case "closed":
      // It was closed by other means, e.g. a merge, after we had looked: nobody is to wait for us.
      context.claims.add(
        id,
        { number, record },
        { ...recordBase(context, id, "closed already"), kind: "released", from: null },
      );
      return undefined;
    case "mirrored":
      if (isNews) {
        context.appendEvent({
          event: "task.claimed",
          id: `task.claimed:${id}:${number}:${at}`,
          ref: `task:${id}`,
          token: number,
          ...(stolenFrom === null ? {} : { from: stolenFrom.by, reason: record.reason }),
        });
      }
      return {
        kind: "claimed",
        task: outcome.task,
        token: number,
        since: at,
        again,
        stolenFrom,
        alsoMine: [],
      };
  }
}

function closedRefusal(id: string, standing: Extract<Standing, { kind: "closed" }>): NotClaimable {
  const { by, at, reason, place, merged } = standing;
  return {
    kind: "notClaimable",
    id,
    reason: "closed",
    by,
    at,
    closeReason: reason,
    worktree: place?.name ?? null,
    merged,
  };
}
