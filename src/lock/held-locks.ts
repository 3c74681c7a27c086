import { AsyncLocalStorage } from "node:async_hooks";
import type { LockMode } from "./lock.ts";
import type { OneGrant } from "./take-one.ts";

/** A lock as the async context that holds it knows it. */
export interface HeldLock {
  readonly resource: string;
  readonly mode: LockMode;
  readonly grant: OneGrant;
}

/**
 * What the present async context and those around it hold: how nested calls are told from foreign ones. Contexts that were
 * started inside a holder's work inherit what it holds.
 */
export interface HeldLocks {
  readonly now: () => readonly HeldLock[];
  readonly within: <Value>(added: readonly HeldLock[], work: () => Value) => Value;
}

export function createHeldLocks(): HeldLocks {
  const storage = new AsyncLocalStorage<readonly HeldLock[]>();
  const now = (): readonly HeldLock[] => storage.getStore() ?? [];
  return { now, within: (added, work) => storage.run([...now(), ...added], work) };
}
