import { readdirSync, readFileSync, statSync } from "node:fs";
import { limits } from "../../src/base/limits.ts";
import type { MergeOptions } from "../../src/merge/merge-result.ts";
import type { MergeSources } from "../../src/merge/merge-sources.ts";
import type { DriverKind } from "../../src/model/policy.ts";
import type { MergeCall, MergeIds } from "../merge-call.ts";
import { openMemo, storeResult } from "./memo.ts";
import { pruneMemo } from "./prune-memo.ts";
import { workAhead } from "./work-ahead.ts";

export interface Remembered {
  readonly call: MergeCall;
  readonly ids: MergeIds;
  readonly options: MergeOptions;
  readonly status: 0 | 1;
  readonly mergeOf: (kind: DriverKind) => MergeSources;
  /** Whether to work ahead as well. */
  readonly ahead: boolean;
}

/** Puts a result into the memo, and perhaps what the same git process will ask for next. */
export function remember({ call, ids, options, status, mergeOf, ahead }: Remembered): void {
  const { gotDirectory, programDirectory, labels } = call;
  const memo = openMemo({ gotDirectory, programDirectory, idLength: ids.base.length });
  if (memo === null) return;
  if (statSync(call.newFile).size <= limits.memoEntryBytes) {
    storeResult(memo, ids, { status, chunks: [readFileSync(call.newFile)], labels });
  }
  if (ahead) {
    workAhead({
      memo,
      gitProcess: call.gitProcess,
      workTree: process.cwd(),
      mergeOf,
      policy: options.policy,
      config: ids.config,
      labels,
      environment: process.env,
      now: () => performance.now(),
    });
  }
  // Weighing the memo takes time: after much was added, when there are too many entries, else once in a while.
  const entries = readdirSync(memo.directory).length;
  if (ahead || entries > limits.memoEntries || entries % 64 === 0) pruneMemo(memo.directory);
}
