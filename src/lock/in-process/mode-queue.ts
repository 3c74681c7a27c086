import type { LockMode } from "../lock.ts";
import { areCompatible } from "../modes.ts";

/**
 * The in-process lock: first come, first served, by resource and mode. It stands in front of every cross-process lock, so that
 * of fifty waiters in one process only the first ones touch the disk or the network; the memory adapter is nothing else.
 */
export interface ModeQueue {
  readonly enter: (resource: string, mode: LockMode) => Place;
}

/** A place in the queue, or inside. */
export interface Place {
  /** Whether it is inside now. */
  readonly isInside: () => boolean;
  /** Whether nobody else waits before it. */
  readonly isFirst: () => boolean;
  /** Resolves when it is inside; never when it left before. */
  readonly whenInside: () => Promise<void>;
  /** Leaves the lock or the queue; again: nothing. */
  readonly leave: () => void;
}

interface Door {
  readonly inside: Set<Visitor>;
  /** In order of arrival. */
  readonly waiting: Set<Visitor>;
}

interface Visitor {
  readonly mode: LockMode;
  state: "waiting" | "inside" | "gone";
  wake: (() => void) | undefined;
}

export function createModeQueue(): ModeQueue {
  const doors = new Map<string, Door>();

  const admit = (resource: string, door: Door): void => {
    for (const visitor of door.waiting) {
      if (!fits(door, visitor.mode)) break;
      door.waiting.delete(visitor);
      door.inside.add(visitor);
      visitor.state = "inside";
      visitor.wake?.();
    }
    if (door.inside.size === 0 && door.waiting.size === 0) doors.delete(resource);
  };

  const enter = (resource: string, mode: LockMode): Place => {
    let door = doors.get(resource);
    if (door === undefined) {
      door = { inside: new Set(), waiting: new Set() };
      doors.set(resource, door);
    }
    const visitor: Visitor = { mode, state: "waiting", wake: undefined };
    if (door.waiting.size === 0 && fits(door, mode)) {
      door.inside.add(visitor);
      visitor.state = "inside";
    } else {
      door.waiting.add(visitor);
    }
    return placeOf(visitor, door, () => admit(resource, door));
  };

  return { enter };
}

function placeOf(visitor: Visitor, door: Door, admitNext: () => void): Place {
  return {
    isInside: () => visitor.state === "inside",
    isFirst: () => door.waiting.values().next().value === visitor,
    whenInside: () =>
      visitor.state === "inside"
        ? Promise.resolve()
        : new Promise((resolve) => {
            const before = visitor.wake;
            visitor.wake = () => {
              before?.();
              resolve();
            };
          }),
    leave: () => {
      if (visitor.state === "gone") return;
      visitor.state = "gone";
      door.inside.delete(visitor);
      door.waiting.delete(visitor);
      admitNext();
    },
  };
}

function fits(door: Door, mode: LockMode): boolean {
  for (const visitor of door.inside) if (!areCompatible(visitor.mode, mode)) return false;
  return true;
}
