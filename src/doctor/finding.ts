import { type FindingId, findingKinds } from "./finding-kinds.ts";
import type { Repair } from "./fix/repair.ts";

/**
 * One thing that `got-hooks doctor` has to say. Everything is spelled out, for people and for programs: a finding can be
 * understood and acted on without this code.
 */
export interface Finding {
  /** Stable; programs match on it. */
  readonly id: FindingId;
  /** `problem`: something is broken, or will be. `note`: worth knowing, nothing is wrong. */
  readonly severity: "problem" | "note";
  /** A worktree or a file, absolute; the name of a variable for the environment. */
  readonly where: string;
  readonly observed: string;
  readonly expected: string;
  /** Why it matters, a sentence. */
  readonly why: string;
  /** What to type, ready to be pasted into a POSIX shell; null when there is nothing to type. */
  readonly command: string | null;
  /** What `--fix` does about it; null when that is for a person to decide. */
  readonly repair: Repair | null;
}

/** Makes a finding of a kind; what the kind says of itself is filled in. */
export function finding(id: FindingId, facts: Omit<Finding, "id" | "severity" | "why">): Finding {
  const { severity, why } = findingKinds[id];
  return { id, severity, why, ...facts };
}
