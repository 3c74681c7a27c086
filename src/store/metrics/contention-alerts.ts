import type { FieldRule, Policy, RuleName } from "../../model/policy.ts";
import { ruleFor } from "../../model/rule-for.ts";
import { requireRef } from "../entity-files.ts";
import { storeLimits } from "../store-limits.ts";
import type { EntityContention, FieldContention, ValueShape } from "./contention-counts.ts";

/** One way out of contention, the more promising ones first. */
export type Advice =
  /** Take turns for the whole of the work, not only for the commit. */
  | { readonly kind: "lock"; readonly resource: string }
  /** A rule in the policy says already how changes of the field are joined: let the store do it (`onConflict: "merge"`). */
  | { readonly kind: "merge"; readonly field: string; readonly rule: RuleName }
  /** The policy has no rule that joins changes of this field; this one would. */
  | { readonly kind: "rule"; readonly type: string; readonly field: string; readonly rule: FieldRule }
  /** The changes are in different fields: they can be joined as they are (`onConflict: "merge"`). */
  | { readonly kind: "mergeApart"; readonly fields: readonly string[] }
  /** Fields that different work changes are better off in entities of their own. */
  | { readonly kind: "split"; readonly fields: readonly string[] }
  /** It was only read: where the work does not rest on that, `isolation: "snapshot"` does not check it. */
  | { readonly kind: "loosen" }
  /** A listing took in more than the work needs. */
  | { readonly kind: "narrow"; readonly type: string };

/** An entity that too many tries fought over. */
export interface ContentionAlert {
  readonly ref: string;
  /** Tries that had an end of their own: `commits` + `conflicts`. */
  readonly tries: number;
  readonly conflicts: number;
  /** Of `tries`. */
  readonly conflictShare: number;
  readonly waits: number;
  /** Of `tries`; at most 1. */
  readonly waitShare: number;
  readonly advice: readonly [Advice, ...Advice[]];
}

/**
 * Entities of whose tries more than `threshold` met a conflict, or stood in the queue that a conflict leads to, worst first. Those
 * with fewer than `storeLimits.contentionLeastAttempts` tries tell nothing.
 *
 * @param options.policy what its rules could join is not worth a lock.
 */
export function contentionAlerts(
  entities: readonly EntityContention[],
  options: { readonly threshold: number; readonly policy: Policy },
): readonly ContentionAlert[] {
  const alerts = entities.flatMap((entity) => {
    const { ref, commits, conflicts, waits } = entity;
    const tries = commits + conflicts;
    if (tries < storeLimits.contentionLeastAttempts) return [];
    const conflictShare = conflicts / tries;
    const waitShare = Math.min(1, waits / tries);
    if (Math.max(conflictShare, waitShare) <= options.threshold) return [];
    return [
      { ref, tries, conflicts, conflictShare, waits, waitShare, advice: advise(entity, options.policy) },
    ];
  });
  return alerts.sort((a, b) => worst(b) - worst(a));
}

const worst = ({ conflictShare, waitShare }: ContentionAlert): number => Math.max(conflictShare, waitShare);

function advise(entity: EntityContention, policy: Policy): readonly [Advice, ...Advice[]] {
  const type = entity.ref.slice(0, entity.ref.indexOf(":"));
  const loosen: Advice = { kind: "loosen" };
  if (entity.ref.endsWith(":*"))
    return [{ kind: "narrow", type }, loosen, { kind: "lock", resource: `entity/${type}` }];
  const lock: Advice = { kind: "lock", resource: `entity/${type}/${requireRef(entity.ref).id}` };
  if (entity.readConflicts * 2 > entity.conflicts) return [loosen, lock];
  const written = entity.conflicts - entity.readConflicts;
  const busy = entity.fields.filter(({ conflicts }) => conflicts > 0).map(({ field }) => field);
  if (busy.length > 0 && entity.apartConflicts * 2 >= written) {
    return [
      { kind: "mergeApart", fields: busy },
      { kind: "split", fields: busy },
    ];
  }
  const hot = hottest(entity.fields);
  if (hot === undefined) return [lock];
  const { rule } = ruleFor(policy, type, hot.field).rule;
  if (!leavesConflicts.has(rule)) return [{ kind: "merge", field: hot.field, rule }, lock];
  const joins = hot.shape === undefined ? undefined : joiningRules[hot.shape];
  return joins === undefined ? [lock] : [{ kind: "rule", type, field: hot.field, rule: joins }, lock];
}

const leavesConflicts: ReadonlySet<RuleName> = new Set(["conflict", "derived"]);

const joiningRules: Readonly<Record<ValueShape, FieldRule | undefined>> = {
  number: { rule: "counter" },
  list: { rule: "set" },
  records: { rule: "list", key: "id" },
  text: { rule: "text" },
  // One of two states has to win: only who takes turns gets to see the other's first.
  other: undefined,
};

/** The field most clashed over; where a queue has kept all clashes away, the one most written. */
function hottest(fields: readonly FieldContention[]): FieldContention | undefined {
  const [first] = fields.toSorted(
    (a, b) => b.clashes - a.clashes || b.conflicts - a.conflicts || b.attempts - a.attempts,
  );
  return first;
}
