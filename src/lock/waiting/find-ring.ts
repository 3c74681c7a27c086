import type { Wait } from "../backend.ts";
import { areCompatible } from "../modes.ts";

/**
 * Finds a cycle of waits through `start`: each member wants what the next one holds. Returns the members in that order,
 * starting with `start`, or `undefined`. Only waits that are in `waits` count, so a holder that still works is never part of it.
 */
export function findRing(start: Wait, waits: readonly Wait[]): readonly Wait[] | undefined {
  const others = waits.filter((wait) => wait.party !== start.party);
  const visited = new Set<string>();
  const path: Wait[] = [start];
  // Depth-first with an explicit stack of candidates: a long chain must not overflow the call stack.
  const open: Wait[][] = [blockersOf(start, others)];
  while (open.length > 0) {
    const next = open.at(-1)?.pop();
    if (next === undefined) {
      open.pop();
      path.pop();
    } else if (!visited.has(next.party)) {
      visited.add(next.party);
      path.push(next);
      if (blocks(start, next)) return path;
      open.push(blockersOf(next, others));
    }
  }
  return undefined;
}

/** The member that gives way: every member of the ring comes to the same answer. */
export function victimOf(ring: readonly Wait[]): Wait | undefined {
  return ring.reduce<Wait | undefined>(
    (chosen, wait) => (chosen === undefined || wait.party > chosen.party ? wait : chosen),
    undefined,
  );
}

function blockersOf(wait: Wait, others: readonly Wait[]): Wait[] {
  return others.filter((other) => other.party !== wait.party && blocks(other, wait));
}

/** Whether `holder` holds what `waiter` wants. */
function blocks(holder: Wait, waiter: Wait): boolean {
  return holder.holds.some(
    (held) => held.resource === waiter.wants.resource && !areCompatible(held.mode, waiter.wants.mode),
  );
}
