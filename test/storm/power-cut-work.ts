import type { Transaction } from "../../src/store/store.ts";

/** What transaction number `n` of test/storm/power-cut-worker.ts writes: by reference a new state, or null to delete. */
export function changesOf(n: number): ReadonlyMap<string, number | null> {
  const changes = new Map<string, number | null>();
  for (let entity = 0; entity < 6; entity++) {
    const chance = mix(n * 31 + entity);
    if (chance % 3 === 0) changes.set(`task:T-${entity}`, chance % 5 === 0 ? null : n);
  }
  if (changes.size === 0) changes.set("task:T-0", n);
  // One that every transaction changes: each state is told from all others.
  changes.set("counter:all", n);
  return changes;
}

/** The text of an entity in state `n`: from nothing to several blocks of a disk. */
export function textOf(n: number): string {
  return `${n} `.repeat(mix(n) % 2500);
}

export async function work(tx: Transaction, n: number): Promise<void> {
  for (const [ref, state] of changesOf(n)) {
    const [type = "", id = ""] = ref.split(":");
    if (state === null) await tx.delete(ref);
    else await tx.put({ type, id, n: state, text: textOf(state) });
  }
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
