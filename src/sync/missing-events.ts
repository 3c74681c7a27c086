import { complaintAboutAgent, type LogEvent } from "../model/event.ts";
import type { MadeCommit, Moves, Rebased } from "./find-moves.ts";
import type { KnownEvents } from "./known-events.ts";

/** A commit and the one that took its place. */
export type Pair = readonly [string, string];

export interface MissingOptions {
  readonly known: KnownEvents;
  /** Which commits became which in a rebase; asked only where no event tells. */
  readonly pairsOf: (rebased: Rebased) => readonly Pair[];
  readonly nowMs: number;
}

/** Pairs in one event, as in hooks/post-rewrite. */
const pairsPerEvent = 200;
/** Between two commits of one place; leaves room for the rewriting that came with the first. */
const stepMs = 2;
/** Events have this in place of a session: nobody knows in which one it was. */
const syncSession = "sync";

/**
 * Makes the events that the hooks would have written and have not, with the ids that they would have given, `"source":"sync"`, and
 * the time of the reflog's entry: later than the event of what was made before it in the same place, and not in the future.
 */
export function missingEvents(moves: Moves, options: MissingOptions): readonly LogEvent[] {
  const maker = new EventMaker(options);
  for (const [oid, made] of moves.commits) maker.commit(oid, made);
  for (const { from, to } of moves.amended) {
    const made = moves.commits.get(to);
    if (made !== undefined && !options.known.hasPair(from, to)) maker.rewrite("amend", [[from, to]], made);
  }
  for (const rebased of moves.rebased) {
    if (options.known.isRewriting(rebased.to)) continue;
    const pairs = options.pairsOf(rebased).filter(([from, to]) => !options.known.hasPair(from, to));
    for (let at = 0; at < pairs.length; at += pairsPerEvent)
      maker.rewrite("rebase", pairs.slice(at, at + pairsPerEvent), rebased);
  }
  return maker.events;
}

class EventMaker {
  readonly events: LogEvent[] = [];
  readonly #options: MissingOptions;
  readonly #stampMs = new Map<string, number>();

  constructor(options: MissingOptions) {
    this.#options = options;
  }

  commit(oid: string, made: MadeCommit): void {
    if (this.#options.known.stampOf(oid) !== undefined) return;
    const { kind, branch, during, isConcluded, entry } = made;
    const stampMs = this.#stampFor(made);
    this.#stampMs.set(oid, stampMs);
    const concluded = kind === "merge" && isConcluded ? { concluded: true } : {};
    this.#add(`git.${kind}:${oid}`, `git.${kind}`, stampMs, made, {
      branch,
      commit: oid,
      parents: entry.parents,
      ...(during === null ? {} : { during }),
      ...(kind === "merge" ? { kind: "merge", ...concluded } : {}),
    });
  }

  rewrite(kind: "amend" | "rebase", pairs: readonly Pair[], made: MadeCommit | Rebased): void {
    const last = pairs.at(-1);
    if (last === undefined) return;
    // It happened after the last of what it made.
    const madeMs = this.#stampOf(last[1]) ?? 0;
    const stampMs = Math.max(this.#movedMs(made), madeMs + 1);
    this.#add(`git.rewrite:${last.join(":")}`, "git.rewrite", stampMs, made, {
      branch: made.branch,
      kind,
      commits: pairs,
    });
  }

  #stampFor(made: MadeCommit): number {
    // Not found when it was before the oldest entry that there is.
    const afterMs = made.after === null ? undefined : this.#stampOf(made.after);
    return Math.max(this.#movedMs(made), (afterMs ?? 0) + stepMs);
  }

  #stampOf(oid: string): number | undefined {
    return this.#options.known.stampOf(oid) ?? this.#stampMs.get(oid);
  }

  /** A clock may have been wrong, and `GIT_COMMITTER_DATE` may say anything. */
  #movedMs({ entry }: Pick<MadeCommit, "entry">): number {
    return Math.min(entry.movedSeconds * 1000, this.#options.nowMs);
  }

  #add(
    id: string,
    event: string,
    stampMs: number,
    { entry, worktree }: Pick<MadeCommit, "entry" | "worktree">,
    payload: Readonly<Record<string, unknown>>,
  ): void {
    const agent = complaintAboutAgent(entry.committer) === null ? entry.committer : "unknown";
    this.events.push({
      id,
      ts: new Date(stampMs).toISOString(),
      session: syncSession,
      agent,
      event,
      ...(worktree === null ? {} : { worktree }),
      ...payload,
      source: "sync",
    });
  }
}
