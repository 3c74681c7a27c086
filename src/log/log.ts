import type { LogEvent } from "../model/event.ts";
import type { CompactOptions, CompactResult } from "./compact.ts";
import type { Reducer, Replayed } from "./reducer.ts";

/** What a caller says about an event; session, agent and stamp are the log's to fill in. */
export interface NewEvent {
  readonly event: string;
  /** Makes the event idempotent: of all events with one id the first counts. Default: a unique one. */
  readonly id?: string;
  readonly [member: string]: unknown;
}

/** A line that is no event, a file that can't be read: reported and passed over, never fatal. */
export interface LogProblem {
  /** As in the log's folder: `events/<name>.jsonl`, `snapshots/<name>.json.gz`. */
  readonly file: string;
  /** Counted from 1; null when the whole file is meant. */
  readonly line: number | null;
  readonly reason: string;
}

export interface OpenLogOptions {
  /** Top of the work tree; absolute. */
  readonly workTree: string;
  /** What all linked worktrees share: the clock and the caches are in `<commonDir>/got`. */
  readonly commonDir: string;
  readonly session: string;
  readonly agent: string;
  /** The linked worktree's name, `main` for the main one; noted in each event where given. */
  readonly worktree?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Eight or more random hexadecimal digits, for ids. */
  readonly randomHex: () => string;
  /**
   * - `lazy` (default): the system decides when bytes reach the disk; a crash of the process loses nothing.
   * - `balanced`: one fsync for each call of `append` or `appendMany`.
   */
  readonly durability?: "lazy" | "balanced";
  readonly onProblem?: (problem: LogProblem) => void;
}

export interface ReadOptions {
  /** Ends with the last event that is not later than this one in the total order. */
  readonly until?: Position;
}

/** A place in the total order. Without an id: behind every event of that time. */
export interface Position {
  readonly ts: string;
  readonly id?: string;
}

/** The event log of a work tree: `.got/events/*.jsonl` and the archives that compaction has made of older ones. */
export interface Log {
  /** Appends one event to the session's file. */
  readonly append: (event: NewEvent) => LogEvent;
  /** Appends several, each later than the one before it. */
  readonly appendMany: (events: readonly NewEvent[]) => readonly LogEvent[];
  /** All events in total order, each id once. */
  readonly read: (options?: ReadOptions) => AsyncIterable<LogEvent>;
  /** Folds all events, or those up to a place, into a state; from the newest snapshot where that gives the same. */
  readonly replay: <State>(reducer: Reducer<State>, options?: ReadOptions) => Replayed<State>;
  /** Replays everything and keeps the state: from then on a replay reads only what is new. Always safe to delete. */
  readonly snapshot: <State>(reducer: Reducer<State>) => Replayed<State>;
  /** The events that come in from now on, until the signal. */
  readonly watch: (signal: AbortSignal) => AsyncIterable<LogEvent>;
  /**
   * Moves the events of logs whose newest event is older than `beforeMs` into archives; see compact.ts. Two compactions of one work
   * tree at once are for the caller to prevent.
   */
  readonly compact: (options: Pick<CompactOptions, "beforeMs" | "dryRun">) => CompactResult;
  /** Makes every event durable that is in the work tree's log, whoever appended it. */
  readonly sync: () => void;
  /** Gives back the file handles. */
  readonly close: () => void;
}
