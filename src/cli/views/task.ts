import type { Entity } from "../../model/entity.ts";
import type { Blocker } from "../../work/tasks/blockers.ts";
import { priorityOf, statusOf } from "../../work/tasks/task-fields.ts";
import type {
  Claimed,
  ClaimOutcome,
  CloseOutcome,
  Holder,
  NextOutcome,
  NotFound,
  ReleaseOutcome,
  ReopenOutcome,
  TaskView,
} from "../../work/tasks/tasks.ts";
import { taskLimits } from "../../work/tasks/task-limits.ts";
import { printable } from "../printable.ts";
import { cell } from "./event-sentence.ts";

/** The id alone, so that `id=$(…)` is all that a script needs. */
export function createdText(task: Entity): string {
  return printable(`${task.id}\n`);
}

export function claimedText({ task, again, stolenFrom }: Claimed, agent: string): string {
  const how = again ? `is ${agent}'s already` : `is ${agent}'s now`;
  const from = stolenFrom === null ? "" : `, taken from ${stolenFrom.by}`;
  return printable(`${task.id} ${how}${from}: ${titleOf(task)}\n`);
}

export function alsoMineLine(agent: string, ids: readonly string[]): string {
  return printable(`${agent} has ${ids.join(", ")} too: close or release what is not worked on`);
}

export function closedText({
  task,
  unblocked,
  takenFrom,
}: Extract<CloseOutcome, { kind: "closed" }>): string {
  const from = takenFrom === null ? "" : `, which ${takenFrom.by} had claimed`;
  const next = unblocked === null || unblocked.length === 0 ? "" : `Now ready: ${unblocked.join(", ")}\n`;
  return printable(`${task.id} closed${from}: ${titleOf(task)}\n${next}`);
}

export function releasedText({ task, from }: Extract<ReleaseOutcome, { kind: "released" }>): string {
  return printable(`${task.id} released, ${from.by} had it: ${titleOf(task)}\n`);
}

export function reopenedText({ task }: Extract<ReopenOutcome, { kind: "reopened" }>): string {
  return printable(`${task.id} is open again: ${titleOf(task)}\n`);
}

/** Why a task was not claimed: somebody has it, it can't be had by anybody, or it is not there. */
export function claimRefusal(outcome: Exclude<ClaimOutcome, Claimed>): string {
  const { id } = outcome;
  switch (outcome.kind) {
    case "alreadyClaimed": {
      const next = outcome.worktreeGone
        ? `its worktree is gone: got-hooks task claim ${id} --steal --reason "…" takes it over`
        : "take another one: got-hooks task claim --next";
      return printable(`${id} is already claimed by ${holderText(outcome)}; ${next}`);
    }
    case "notClaimable":
      return printable(`${id} can't be claimed: ${obstacleText(outcome)}`);
    case "notFound":
      return notFoundLine(outcome);
  }
}

function obstacleText(outcome: Extract<ClaimOutcome, { kind: "notClaimable" }>): string {
  switch (outcome.reason) {
    case "closed":
      return outcome.merged
        ? `it is closed, by ${doerText(outcome)}; got-hooks task reopen ${outcome.id} opens it again`
        : `it is closed, by ${doerText(outcome)}, which is not merged here yet; take another one: got-hooks task claim --next`;
    case "blocked":
      return `it waits for ${blockersText(outcome.by)}`;
    case "status":
      return `its status is ${outcome.status}; got-hooks entity set task:${outcome.id} status=pending makes it claimable`;
  }
}

export function nothingReadyLine(outcome: Extract<NextOutcome, { kind: "nothingReady" }>): string {
  const { mine, taken, blocked } = outcome;
  const counts = [
    ...(mine.length === 0 ? [] : [`you have ${mine.join(", ")}`]),
    ...(taken === 0 ? [] : [`${taken} claimed by others`]),
    ...(blocked === 0 ? [] : [`${blocked} waiting or blocked`]),
  ];
  return printable(
    `nothing is ready${counts.length === 0 ? ": every task is closed" : `: ${counts.join(", ")}`}`,
  );
}

export function closeRefusal(outcome: Exclude<CloseOutcome, { kind: "closed" }>): string {
  const { id } = outcome;
  switch (outcome.kind) {
    case "alreadyClosed":
      return printable(`${id} is closed already, by ${doerText(outcome)}`);
    case "claimedByOther":
      return printable(
        `${id} is claimed by ${holderText(outcome)}; got-hooks task close ${id} --force closes it all the same`,
      );
    case "notFound":
      return notFoundLine(outcome);
  }
}

export function releaseRefusal(outcome: Exclude<ReleaseOutcome, { kind: "released" }>): string {
  const { id } = outcome;
  switch (outcome.kind) {
    case "claimedByOther":
      return printable(
        `${id} is claimed by ${holderText(outcome)}; got-hooks task release ${id} --force --reason "…" frees it`,
      );
    case "notClaimed":
      return printable(`nobody has ${id}: it is ${outcome.status}`);
    case "notFound":
      return notFoundLine(outcome);
  }
}

export function reopenRefusal(outcome: Exclude<ReopenOutcome, { kind: "reopened" }>): string {
  const { id } = outcome;
  switch (outcome.kind) {
    case "notClosed":
      return printable(`${id} is not closed: it is ${outcome.status}`);
    case "notMerged":
      return printable(
        `${id} was closed by ${doerText(outcome)}, which is not merged here: merge it first, or say --force if it never will be`,
      );
    case "claimedByOther":
      return printable(
        `${id} is open again elsewhere and claimed by ${holderText(outcome)}: merge that first, or say --force to end the claim`,
      );
    case "notFound":
      return notFoundLine(outcome);
  }
}

/** A line for each: id, priority, where it stands, title, what it waits for. */
export function listText(views: readonly TaskView[], matched: number): string {
  if (views.length === 0) return "No tasks.\n";
  const width = Math.min(40, Math.max(...views.map(({ task }) => task.id.length)));
  const lines = views.map((view) => {
    const { task, blockedBy } = view;
    const waits = blockedBy.length === 0 ? "" : `  waits for ${blockersText(blockedBy)}`;
    return `${task.id.padEnd(width)}  P${priorityOf(task)}  ${standingText(view)}  ${titleOf(task)}${waits}`;
  });
  if (matched > views.length) lines.push(`(${views.length} of ${matched})`);
  return printable(`${lines.join("\n")}\n`);
}

export function viewText(view: TaskView): string {
  const { task, standing, blockedBy } = view;
  const lines = [`${task.id}  P${priorityOf(task)}  ${standingText(view)}  ${titleOf(task)}`];
  if (standing.kind === "taken" && standing.place !== null)
    lines.push(`claimed in worktree ${standing.place.name} (${standing.place.path})`);
  if (blockedBy.length > 0) lines.push(`waits for ${blockersText(blockedBy)}`);
  return printable(`${lines.join("\n")}\n${JSON.stringify(task, null, 2)}\n`);
}

function standingText({ task, standing, blockedBy }: TaskView): string {
  switch (standing.kind) {
    case "free":
      return blockedBy.length > 0 || statusOf(task) === "blocked" ? "blocked" : "ready";
    case "mine":
      return standing.underWay ? "mine" : "assigned to me";
    case "taken":
      return standing.since === null ? `assigned to ${standing.by}` : `claimed by ${standing.by}`;
    case "closed":
      return standing.merged ? "closed" : `closed by ${standing.by}, not merged here`;
    case "unreadable":
      return "claimed, record unreadable";
  }
}

function holderText({ by, since, worktree, path, worktreeGone }: Holder): string {
  const when = since === null ? "" : ` since ${since}`;
  const gone = worktreeGone ? ", which is gone" : "";
  const where = worktree === null ? "" : ` in worktree ${worktree} (${path ?? ""}${gone})`;
  return `${by}${when}${where}`;
}

function doerText({
  by,
  at,
  worktree,
}: {
  readonly by: string;
  readonly at: string | null;
  readonly worktree: string | null;
}): string {
  return `${by}${at === null ? "" : ` at ${at}`}${worktree === null ? "" : ` in worktree ${worktree}`}`;
}

function blockersText(blockers: readonly Blocker[]): string {
  const shown = blockers
    .slice(0, shownBlockers)
    .map(({ ref, status }) => `${ref.replace(/^task:/, "")} (${status ?? "not in this work tree"})`);
  const more = blockers.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const shownBlockers = 5;

function notFoundLine({ id, elsewhere }: NotFound): string {
  const where =
    elsewhere.length === 0
      ? "got-hooks task list shows what there is"
      : `it is in ${elsewhere.join(", ")}: merge that branch first, or work there`;
  return printable(`there is no task ${id} in this work tree; ${where}`);
}

function titleOf(task: Entity): string {
  const { title } = task;
  // On one line: nothing in it may look like another task.
  return typeof title === "string" ? cell(title, taskLimits.titleLength) : "(no title)";
}
