import { parseMeasured } from "../../lock/metrics/day-file.ts";
import { parseRef } from "../../model/entity-ref.ts";
import { abortReasons, type AbortReason, type Conflict } from "../store.ts";
import {
  entityCounters,
  type EntityCounts,
  type FieldCounts,
  fieldCounters,
  newEntityCounts,
  valueShapes,
} from "./contention-counts.ts";

/** A transaction that changed nothing, and why. */
export interface AbortedTransaction {
  readonly at: string;
  readonly tx: string;
  readonly agent: string;
  readonly session: string | null;
  readonly reason: AbortReason;
  /** What it would have written; the first few. */
  readonly refs: readonly string[];
  readonly conflicts: readonly Conflict[];
}

export interface LockWaits {
  readonly waits: number;
  readonly waitMs: number;
  readonly longestWaitMs: number;
}

/** A line of `entities-<day>.jsonl`, read. */
export type ContentionLine =
  | { readonly kind: "entity"; readonly at: string; readonly ref: string; readonly counts: EntityCounts }
  | { readonly kind: "lock"; readonly at: string; readonly lock: string; readonly waits: LockWaits }
  | { readonly kind: "aborted"; readonly at: string; readonly aborted: AbortedTransaction };

/** Counters that are 0 are left out: most entities were only written. */
export function formatEntityCounts(at: string, ref: string, counts: EntityCounts): string {
  const { fields, ...numbers } = counts;
  return line({
    at,
    kind: "entity",
    ref,
    ...notZero(numbers),
    ...(fields.size === 0
      ? {}
      : { fields: Object.fromEntries([...fields].map(([name, one]) => [name, notZero(one)])) }),
  });
}

export function formatLockWaits(at: string, lock: string, waits: LockWaits): string {
  return line({ at, kind: "lock", lock, ...notZero({ ...waits }) });
}

export function formatAborted(
  aborted: Omit<AbortedTransaction, "session"> & { readonly session: string | undefined },
): string {
  const { at, ...rest } = aborted;
  return line({ at, kind: "aborted", ...rest });
}

/** Undefined for a line that is torn or of a newer version. */
export function parseContentionLine(text: string): ContentionLine | undefined {
  const measured = parseMeasured(text);
  if (measured === undefined) return undefined;
  const { at, value } = measured;
  switch (value["kind"]) {
    case "entity": {
      const { ref } = value;
      return typeof ref === "string" && isCounted(ref)
        ? { kind: "entity", at, ref, counts: parseCounts(value) }
        : undefined;
    }
    case "lock": {
      const { lock } = value;
      if (typeof lock !== "string") return undefined;
      const waits = { waits: 0, waitMs: 0, longestWaitMs: 0, ...numbersOf(value, waitCounters) };
      return { kind: "lock", at, lock, waits };
    }
    case "aborted": {
      const aborted = parseAborted(at, value);
      return aborted === undefined ? undefined : { kind: "aborted", at, aborted };
    }
    default:
      return undefined;
  }
}

/** An entity, or the listings of a type. */
const isCounted = (ref: string): boolean => parseRef(ref.replace(/:\*$/, ":x")).kind === "parsed";

type Members = { readonly [key: string]: unknown };

const waitCounters = ["waits", "waitMs", "longestWaitMs"] as const;

function parseCounts(value: Members): EntityCounts {
  const counts: EntityCounts = {
    ...newEntityCounts(),
    ...numbersOf(value, [...entityCounters, "longestWaitMs"]),
  };
  for (const [field, one] of Object.entries(membersOf(value["fields"]))) {
    const members = membersOf(one);
    const parsed: FieldCounts = {
      attempts: 0,
      conflicts: 0,
      clashes: 0,
      ...numbersOf(members, fieldCounters),
    };
    const shape = valueShapes.find((known) => known === members["shape"]);
    if (shape !== undefined) parsed.shape = shape;
    counts.fields.set(field, parsed);
  }
  return counts;
}

function parseAborted(at: string, value: Members): AbortedTransaction | undefined {
  const { tx, agent, session } = value;
  const reason = abortReasons.find((known) => known === value["reason"]);
  if (typeof tx !== "string" || typeof agent !== "string" || reason === undefined) return undefined;
  const conflicts = listOf(value["conflicts"]).flatMap((one) => parseConflict(membersOf(one)) ?? []);
  return {
    at,
    tx,
    agent,
    session: typeof session === "string" ? session : null,
    reason,
    refs: textsOf(value["refs"]),
    conflicts,
  };
}

const conflictReasons: readonly Conflict["reason"][] = ["read", "write", "listed", "snapshot"];

function parseConflict(value: Members): Conflict | undefined {
  const { ref } = value;
  const reason = conflictReasons.find((known) => known === value["reason"]);
  if (typeof ref !== "string" || reason === undefined) return undefined;
  const version = (name: string): number | null => {
    const found = value[name];
    return typeof found === "number" ? found : null;
  };
  return {
    ref,
    reason,
    expected: version("expected"),
    actual: version("actual"),
    fields: textsOf(value["fields"]),
    clashes: textsOf(value["clashes"]),
  };
}

function numbersOf<Name extends string>(value: Members, names: readonly Name[]): { [P in Name]?: number } {
  const numbers: { [P in Name]?: number } = {};
  for (const name of names) {
    const found = value[name];
    if (typeof found === "number" && found >= 0) numbers[name] = found;
  }
  return numbers;
}

function notZero(value: { readonly [name: string]: unknown }): Members {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== 0)
      .map(([name, member]) => [name, typeof member === "number" ? rounded(member) : member]),
  );
}

const rounded = (number: number): number => Math.round(number * 1000) / 1000;
const line = (value: Members): string => `${JSON.stringify(value)}\n`;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textsOf = (value: unknown): readonly string[] => listOf(value).filter((one) => typeof one === "string");
const membersOf = (value: unknown): Members =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
