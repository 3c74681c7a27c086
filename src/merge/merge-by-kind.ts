import type { DriverKind } from "../model/policy.ts";
import { mergeEntity } from "./merge-entity.ts";
import type { Merge, MergeInputs, MergeOptions, MergeResult } from "./merge-result.ts";
import { mergeTable } from "./merge-table.ts";

const merges: Partial<Record<DriverKind, Merge>> = { entity: mergeEntity, table: mergeTable };

/**
 * Merges three versions of one file with the driver of its kind. git gives an empty file where there is no base, so an
 * empty base is none.
 */
export function mergeByKind(kind: DriverKind, inputs: MergeInputs, options: MergeOptions): MergeResult {
  const merge = merges[kind];
  if (merge === undefined) return { kind: "unmergeable", reason: `nothing merges ${kind} files` };
  return merge(inputs.base?.length === 0 ? { ...inputs, base: null } : inputs, options);
}
