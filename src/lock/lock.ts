/**
 * The `Lock` port: what every adapter (memory, file, PostgreSQL, Redis) offers and what callers may rely on.
 *
 * What always holds: outcomes are values; a grant carries a fencing token that only grows per resource; a wait is bounded by
 * `timeoutMs` on the monotonic clock; whoever acts on a resource late is told so by `release()` and by the grant's signal.
 */

/** How a lock is held. Several `shared` holders may stand together; `exclusive` stands alone. */
export type AccessMode = "exclusive" | "shared";

/** The modes of a lock hierarchy; the intent modes are taken on parents by the library, never asked for. */
export type LockMode = AccessMode | "intent-exclusive" | "intent-shared";

/** Who wants or has a lock, as far as the holder says so itself. */
export interface HolderName {
  readonly agent?: string | undefined;
  readonly session?: string | undefined;
  /** What it is doing, for the people who wait, e.g. `git merge topic`. */
  readonly what?: string | undefined;
}

/** A holder as others see it. */
export interface HolderInfo {
  readonly agent: string | undefined;
  readonly session: string | undefined;
  readonly what: string | undefined;
  readonly host: string;
  readonly pid: number | undefined;
  readonly mode: LockMode;
  readonly token: number;
  /** ISO-8601 UTC; the holder's own wall clock. */
  readonly since: string;
  /** `unknown`: it cannot be told from here (another host or pid namespace, torn record). */
  readonly state: HolderState;
}

export type HolderState = "alive" | "stopped" | "dead" | "unknown";

export interface LockOptions {
  readonly holder?: HolderName;
  /** How long to wait, in milliseconds of the monotonic clock; 0 tries once. Default 30,000. */
  readonly timeoutMs?: number;
  /**
   * For how long a grant lasts without a sign of life. PostgreSQL and Redis: default 30,000. File: none by default, because a
   * local holder's death is a fact of the kernel; when given, holders that cannot be judged from here expire.
   */
  readonly leaseMs?: number;
  readonly mode?: AccessMode;
  /** First come, first served among those who ask for it. Default false: exponential backoff with full jitter. */
  readonly fair?: boolean;
  /** A nested call of the same async context gets what it holds already, counted. Default false: it is a deadlock. */
  readonly reentrant?: boolean;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** What a holder has. */
export interface Grant {
  /** What was asked for, in canonical order. */
  readonly resources: readonly string[];
  /** Fencing token by resource. */
  readonly tokens: ReadonlyMap<string, number>;
  /** The token of the only (or first) resource. */
  readonly token: number;
  readonly mode: AccessMode;
  readonly holder: HolderName;
  /** ISO-8601 UTC. */
  readonly since: string;
  /** Fires when the grant is lost: broken by somebody, or its lease ran out. */
  readonly signal: AbortSignal;
  /** Gives everything back. Calling it again gives the same answer. */
  readonly release: () => Promise<ReleaseOutcome>;
}

export type ReleaseOutcome =
  | { readonly kind: "released" }
  /** These were not ours any more; nothing of the present holder's was touched. */
  | { readonly kind: "lost"; readonly resources: readonly string[] };

/** Why a lock was not granted. */
export type Refusal =
  | {
      readonly kind: "timedOut";
      readonly resource: string;
      readonly waitedMs: number;
      /** Who stood in the way at the last look. */
      readonly holders: readonly HolderInfo[];
    }
  /** A cycle of waits; this call was chosen to give way. The ring begins and ends with this call's resource. */
  | { readonly kind: "deadlocked"; readonly resource: string; readonly ring: readonly RingMember[] }
  | { readonly kind: "aborted"; readonly resource: string; readonly reason: unknown };

/** One waiter of a deadlock: it wants `wants`, which the next member of the ring holds. */
export interface RingMember {
  readonly agent: string | undefined;
  readonly session: string | undefined;
  readonly host: string;
  readonly pid: number | undefined;
  readonly wants: string;
  readonly holds: readonly string[];
}

export type AcquireOutcome = { readonly kind: "granted"; readonly grant: Grant } | Refusal;

export type LockOutcome<Value> =
  | { readonly kind: "granted"; readonly value: Value; readonly tokens: ReadonlyMap<string, number> }
  /** The work ran to its end, but the lock was lost on the way: its effects may overlap with another holder's. */
  | { readonly kind: "lost"; readonly value: Value; readonly resources: readonly string[] }
  | Refusal;

/** One resource as `lock list` shows it. */
export interface LockState {
  readonly resource: string;
  /** The newest token ever given out. */
  readonly token: number;
  readonly holders: readonly HolderInfo[];
}

export type BreakOutcome =
  | {
      readonly kind: "broken";
      readonly resource: string;
      readonly token: number;
      readonly holders: readonly HolderInfo[];
    }
  | { readonly kind: "notHeld"; readonly resource: string }
  /** Somebody else took or broke it at the same moment; look again. */
  | { readonly kind: "changed"; readonly resource: string };

export interface Locks {
  /**
   * Runs `work` while holding every resource, or nothing at all. Resources are taken in canonical order with intent locks on
   * their parents. What `work` throws is thrown on, after everything was given back.
   *
   * @throws GotError USAGE for a name that is no resource, LOCK_UNAVAILABLE when the backend itself fails.
   */
  readonly withLock: <Value>(
    resources: string | readonly string[],
    options: LockOptions,
    work: (grant: Grant) => Promise<Value> | Value,
  ) => Promise<LockOutcome<Value>>;
  /** The same without a function; the caller must `release()`. Not seen by nested calls as held. */
  readonly acquire: (resources: string | readonly string[], options?: LockOptions) => Promise<AcquireOutcome>;
  /** `acquire` that never waits. */
  readonly try: (resources: string | readonly string[], options?: LockOptions) => Promise<AcquireOutcome>;
  readonly list: () => Promise<readonly LockState[]>;
  /** Fences the present holders off: whatever they do later is reported to them as lost. */
  readonly break: (resource: string, by: HolderName & { readonly reason: string }) => Promise<BreakOutcome>;
  readonly metrics: () => readonly ResourceMetrics[];
  /** Ends connections and timers. Grants still held on a server end with their lease. */
  readonly close: () => Promise<void>;
}

/** Contention of one resource as this process saw it. */
export interface ResourceMetrics {
  readonly resource: string;
  readonly attempts: number;
  readonly granted: number;
  /** Grants that did not come at the first try. */
  readonly contended: number;
  readonly timedOut: number;
  readonly deadlocked: number;
  readonly lost: number;
  readonly broken: number;
  readonly waitMs: Distribution;
  readonly holdMs: Distribution;
}

/** Upper bounds of the buckets that hold the quantiles, in milliseconds. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}
