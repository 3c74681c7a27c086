import type { DriverKind } from "../model/policy.ts";
import { mergeEntity } from "./merge-entity.ts";
import { mergeLogBytes } from "./merge-log.ts";
import type { MergeInputs, MergeOptions, MergeResult } from "./merge-result.ts";
import { mergeSnapshot } from "./merge-snapshot.ts";
import { withRecordKey } from "./merge-sources.ts";
import { mergeTable } from "./merge-table.ts";

/**
 * Merges three versions of one file with the driver of its kind. git gives an empty file where there is no base, so an
 * empty base is none.
 */
export function mergeByKind(kind: DriverKind, inputs: MergeInputs, options: MergeOptions): MergeResult {
  const versions = inputs.base?.length === 0 ? { ...inputs, base: null } : inputs;
  switch (kind) {
    case "log":
      return mergeLogBytes(versions, withRecordKey(options));
    case "table":
      return mergeTable(versions, options);
    case "entity":
      return mergeEntity(versions, options);
    case "snapshot":
      return mergeSnapshot(versions, options);
  }
}
