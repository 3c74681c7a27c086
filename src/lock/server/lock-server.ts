import type { Wait } from "../backend.ts";
import type { HolderInfo, LockMode, LockState } from "../lock.ts";

/**
 * What a database does for locks, each operation in one round trip and atomically for its resource. Everything is keyed by an id that
 * the asker made, so that an operation whose answer was lost can be sent again. Time is the server's.
 */
export interface LockServer {
  readonly take: (request: TakeRequest) => Promise<Taken>;
  /** Extends the lease; false when the holder is no holder any more. */
  readonly renew: (resource: string, id: string, leaseMs: number) => Promise<boolean>;
  /** Ends a grant; false when it had ended before. */
  readonly release: (resource: string, id: string) => Promise<boolean>;
  /** Forgets a contender: its place in the queue, its gate, and a grant whose answer never arrived. */
  readonly withdraw: (resource: string, id: string) => Promise<void>;
  /** Ends all grants of a resource and moves its token on; `undefined` when there was none. */
  readonly break: (
    resource: string,
  ) => Promise<{ token: number; holders: readonly HolderInfo[] } | undefined>;
  readonly list: () => Promise<readonly LockState[]>;
  readonly publishWait: (wait: Wait, forMs: number) => Promise<void>;
  readonly removeWait: (party: string) => Promise<void>;
  readonly listWaits: () => Promise<readonly Wait[]>;
  readonly close: () => Promise<void>;
}

export interface TakeRequest {
  readonly resource: string;
  readonly id: string;
  readonly mode: LockMode;
  readonly leaseMs: number;
  readonly fair: boolean;
  /** Shown to others. */
  readonly holder: ServerHolder;
}

/** What a server keeps of a holder besides mode, token and time. */
export interface ServerHolder {
  readonly agent?: string;
  readonly session?: string;
  readonly what?: string;
  readonly host: string;
  readonly pid: number;
}

export type Taken =
  | { readonly kind: "granted"; readonly token: number; readonly since: string }
  | {
      readonly kind: "busy";
      readonly holders: readonly HolderInfo[];
      readonly holdsGate: boolean;
      /** Waiters before this one in the queue. */
      readonly ahead: number;
    };

/** How long a place in the queue and a gate last without being asked for again. */
export const placeMs = 1_000;
