import t from "tap";
import type { LockAdapter } from "./lock/lock-adapter.ts";
import { concurrencyContract } from "./lock/concurrency-contract.ts";
import { hierarchyContract } from "./lock/hierarchy-contract.ts";
import { processContract } from "./lock/process-contract.ts";
import { singleContract } from "./lock/single-contract.ts";
import { stormContract } from "./lock/storm-contract.ts";

/** The one suite that every adapter passes. */
export function lockContract(adapter: LockAdapter): void {
  t.teardown(adapter.dispose);
  singleContract(adapter);
  hierarchyContract(adapter);
  concurrencyContract(adapter);
  if (adapter.workers !== undefined) {
    processContract(adapter, adapter.workers);
    stormContract(adapter, adapter.workers);
  }
}
