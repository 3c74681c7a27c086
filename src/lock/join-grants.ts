import type { HeldLock } from "./held-locks.ts";
import type { Step } from "./hierarchy.ts";
import type { Grant, LockOptions, ReleaseOutcome } from "./lock.ts";
import type { OneGrant } from "./take-one.ts";

/**
 * Makes one grant of many. What was reused from an outer call of the same context stays with that call when this one ends:
 * that is the counting of reentrancy. A lost parent counts as lost: the child is not protected without it.
 */
export function joinGrants(parts: {
  readonly steps: readonly Step[];
  readonly added: readonly HeldLock[];
  readonly reused: readonly OneGrant[];
  readonly wanted: LockOptions;
}): Grant {
  const { added, reused, wanted } = parts;
  const own = added.map(({ grant }) => grant);
  const asked = parts.steps.filter((step) => step.asked).map((step) => step.resource);
  const tokens = new Map<string, number>();
  for (const grant of [...reused, ...own])
    if (asked.includes(grant.resource)) tokens.set(grant.resource, grant.token);
  const all = [...reused, ...own];
  let controller: AbortController | undefined;
  let outcome: Promise<ReleaseOutcome> | undefined;

  const signal = (): AbortSignal => {
    if (controller === undefined) {
      const made = new AbortController();
      controller = made;
      for (const grant of all)
        grant.onLost(() => made.abort(new Error(`The lock ${grant.resource} was lost`)));
    }
    return controller.signal;
  };

  const release = async (): Promise<ReleaseOutcome> => {
    const lost = reused.filter((grant) => grant.isLost()).map((grant) => grant.resource);
    for (const grant of own.toReversed()) if ((await grant.release()) === "lost") lost.push(grant.resource);
    return lost.length === 0 ? { kind: "released" } : { kind: "lost", resources: lost };
  };

  return {
    resources: asked,
    tokens,
    token: tokens.get(asked[0] ?? "") ?? 0,
    mode: wanted.mode ?? "exclusive",
    holder: wanted.holder ?? {},
    since: all[0]?.info.since ?? "",
    get signal() {
      return signal();
    },
    release: () => (outcome ??= release()),
  };
}
