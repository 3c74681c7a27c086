import { GotError } from "../base/errors.ts";
import { lockLimits } from "./lock-limits.ts";
import type { AccessMode, LockMode } from "./lock.ts";
import { strongest } from "./modes.ts";
import { checkResource } from "./resource-name.ts";

/** One step of taking many: a resource and the mode it is needed in. */
export interface Step {
  readonly resource: string;
  readonly mode: LockMode;
  /** False for a parent that is only taken because of its children. */
  readonly asked: boolean;
}

/** Tells the parents of a resource, outermost first. */
export type ParentsOf = (resource: string) => readonly string[];

/**
 * The lock hierarchy of got-hooks: `repo` over `entity/<type>` over `entity/<type>/<id>`. Everything else stands alone; in
 * particular no lock that is held for minutes (`landing/<target>`) stands under one that hooks wait for.
 */
export function standardParents(resource: string): readonly string[] {
  const [root, type, id] = resource.split("/");
  if (root !== "entity" || type === undefined) return [];
  return id === undefined ? ["repo"] : ["repo", `entity/${type}`];
}

/**
 * Works out what to take, in which mode and order: parents before children, then by code unit. Everybody uses this one order,
 * so two calls that take many at once cannot wait for each other.
 *
 * @throws GotError USAGE for a bad name or none; LIMIT_EXCEEDED for more than `lockLimits.resourcesAtOnce`.
 */
export function planSteps(
  resources: readonly string[],
  mode: AccessMode,
  parentsOf: ParentsOf,
): readonly Step[] {
  if (resources.length === 0) throw new GotError("USAGE", "A lock needs at least one resource");
  const [only] = resources;
  if (only !== undefined && resources.length === 1 && parentsOf(only).length === 0) {
    checkResource(only);
    return [{ resource: only, mode, asked: true }];
  }
  const steps = new Map<string, Step & { depth: number }>();
  const add = (resource: string, wanted: LockMode, asked: boolean, depth: number): void => {
    const before = steps.get(resource);
    const merged = before === undefined ? wanted : strongest(before.mode, wanted);
    steps.set(resource, { resource, mode: merged, asked: asked || before?.asked === true, depth });
  };
  for (const resource of resources) {
    checkResource(resource);
    const parents = parentsOf(resource);
    for (const [depth, parent] of parents.entries()) {
      add(parent, mode === "exclusive" ? "intent-exclusive" : "intent-shared", false, depth);
    }
    add(resource, mode, true, parents.length);
  }
  if (steps.size > lockLimits.resourcesAtOnce) {
    throw new GotError(
      "LIMIT_EXCEEDED",
      `${steps.size} locks at once are more than ${lockLimits.resourcesAtOnce}`,
      {
        facts: { wanted: steps.size, limit: lockLimits.resourcesAtOnce },
      },
    );
  }
  return [...steps.values()].sort((a, b) => a.depth - b.depth || (a.resource < b.resource ? -1 : 1));
}
