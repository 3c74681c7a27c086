import type { ModeQueue } from "./in-process/mode-queue.ts";
import type { BreakOutcome, HolderInfo, HolderName, LockMode, LockState } from "./lock.ts";

/**
 * What an adapter implements: single tries that never wait. Waiting, many at once, reentrancy, deadlock detection and metrics
 * are the same for all and live in `create-locks.ts`.
 */
export interface Backend {
  readonly name: "memory" | "file" | "postgres" | "redis";
  /** The adapter's own in-process queue, when that is all the exclusion it needs; every `Locks` on it then uses this one. */
  readonly queue?: ModeQueue;
  /** Prepares to ask for one resource; touches nothing until `attempt`. */
  readonly contend: (claim: Claim) => Contender;
  readonly list: () => Promise<readonly LockState[]>;
  readonly break: (resource: string, by: HolderName & { readonly reason: string }) => Promise<BreakOutcome>;
  /** Where waiters that hold something leave word, so that cycles are found across processes. */
  readonly waits: WaitBoard;
  readonly close: () => Promise<void>;
}

/** One wish for one resource. */
export interface Claim {
  readonly resource: string;
  readonly mode: LockMode;
  readonly holder: HolderName;
  readonly fair: boolean;
  readonly leaseMs: number | undefined;
}

/** Asks again and again until granted or withdrawn; may keep a place in a queue meanwhile. */
export interface Contender {
  /** One try. */
  readonly attempt: () => Promise<Attempt>;
  /** Gives up; nothing stays behind. Never called after a grant. */
  readonly withdraw: () => Promise<void>;
}

export type Attempt =
  | { readonly kind: "granted"; readonly hold: Hold }
  /**
   * `retryInMs` is the adapter's advice, used instead of the backoff. `holdsGate`: nobody else gets in before this contender.
   * No holders: it lost a race that says nothing about who has the lock.
   */
  | {
      readonly kind: "busy";
      readonly holders: readonly HolderInfo[];
      readonly retryInMs?: number;
      readonly holdsGate?: boolean;
      /** Calls `listener` as soon as it is worth trying again before `retryInMs`; returns how to stop listening. */
      readonly onChange?: (listener: () => void) => () => void;
    };

/** What the adapter holds for one grant. */
export interface Hold {
  readonly token: number;
  readonly since: string;
  /** Is called at most once, when the adapter learns that the hold is gone. */
  readonly onLost: (listener: () => void) => void;
  readonly release: () => Promise<"released" | "lost">;
}

/** A waiter that holds something, as others see it. */
export interface Wait {
  /** Unique for one async context of one process. */
  readonly party: string;
  readonly agent: string | undefined;
  readonly session: string | undefined;
  readonly host: string;
  readonly pid: number | undefined;
  readonly wants: { readonly resource: string; readonly mode: LockMode };
  readonly holds: readonly { readonly resource: string; readonly mode: LockMode }[];
}

export interface WaitBoard {
  /** Makes the wait known; the function returned takes it back. */
  readonly publish: (wait: Wait) => Promise<() => Promise<void>>;
  /** Waits of living processes. */
  readonly list: () => Promise<readonly Wait[]>;
}
