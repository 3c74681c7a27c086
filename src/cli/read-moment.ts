import { GotError } from "../base/errors.ts";
import { resolveCommit } from "../git/commit-files.ts";
import { runGit } from "../git/run-git.ts";
import type { LogInput } from "../log/log-input.ts";
import type { Position } from "../log/log.ts";
import { readEvents } from "../log/read-events.ts";
import type { Context } from "./context.ts";

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * Finds the place in the order of events that a person names: how long ago (`90m`, `2h`, `3d`), a time, an event's id, or
 * anything that git calls a commit (the event that tells of it, else its commit date); in this order.
 *
 * @param option for the message: `--since`.
 * @throws GotError USAGE when it is none of them.
 */
export function readMoment(
  context: Context,
  place: { readonly cwd: string; readonly inputs: readonly LogInput[] },
  option: string,
  text: string,
): Position {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const ago = unitMs[unit];
  if (ago !== undefined)
    return { ts: new Date(Math.max(0, context.now().getTime() - Number(count) * ago)).toISOString() };
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return { ts: new Date(ms).toISOString() };
  const call = { cwd: place.cwd, env: context.env };
  const commit = resolveCommit(call, text);
  const ofCommit = commit === null ? [] : [`git.commit:${commit}`, `git.merge:${commit}`];
  let found: Position | null = null;
  for (const { id, ts } of readEvents(place.inputs, { onProblem: () => {} })) {
    if (id === text) return { ts, id };
    if (found === null && ofCommit.includes(id)) found = { ts, id };
  }
  if (found !== null) return found;
  if (commit !== null) {
    const seconds = Number(runGit(call, ["show", "-s", "--format=%ct", commit]).trim());
    return { ts: new Date(seconds * 1000).toISOString() };
  }
  throw new GotError("USAGE", `${option} ${text} is no time, no event's id and no commit`, {
    facts: { option, value: text },
    hint: "Write it like 2h, 3d, 2026-11-21 or 2026-11-21T10:00Z, or name an event or a commit.",
  });
}
