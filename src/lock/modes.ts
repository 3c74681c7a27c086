import type { LockMode } from "./lock.ts";

/** The modes of multiple-granularity locking that we use (Gray et al., 1975), and which may stand together. */
const compatible: Readonly<Record<LockMode, ReadonlySet<LockMode>>> = {
  exclusive: new Set(),
  shared: new Set<LockMode>(["shared", "intent-shared"]),
  "intent-exclusive": new Set<LockMode>(["intent-exclusive", "intent-shared"]),
  "intent-shared": new Set<LockMode>(["shared", "intent-exclusive", "intent-shared"]),
};

export function areCompatible(one: LockMode, other: LockMode): boolean {
  return compatible[one].has(other);
}

/** Whether who holds `held` has everything that `wanted` would give. */
export function covers(held: LockMode, wanted: LockMode): boolean {
  if (held === wanted || held === "exclusive") return true;
  return wanted === "intent-shared";
}

/** One mode that gives both; shared with intent-exclusive has no mode of its own here and becomes exclusive. */
export function strongest(one: LockMode, other: LockMode): LockMode {
  if (covers(one, other)) return one;
  return covers(other, one) ? other : "exclusive";
}

/** The names of all modes, for what is read from outside. */
export const lockModes: ReadonlySet<string> = new Set(Object.keys(compatible));
