import { chmodSync, copyFileSync } from "node:fs";
import { limits } from "../src/base/limits.ts";
import type { LogPart, LogSources } from "../src/merge/merge-log.ts";
import type { MergeCall } from "./merge-call.ts";

/**
 * Where a result begins with the whole of a large base, the kernel copies that into the new file, without a way through
 * our memory. Returns the parts that are still to be appended, or null where nothing was written.
 */
export function beginWithBase(
  call: MergeCall,
  parts: Iterable<LogPart>,
  { base }: LogSources,
): Iterable<LogPart> | null {
  const [first] = parts;
  if (base === null || first?.kind !== "range" || first.source !== "base") return null;
  if (first.start !== 0 || first.end !== base.size || base.size < limits.copiedBaseBytes) return null;
  copyFileSync(call.baseFile, call.newFile);
  chmodSync(call.newFile, 0o644); // a read-only base must not make the result so
  return afterFirst(parts);
}

function* afterFirst(parts: Iterable<LogPart>): Generator<LogPart> {
  let isFirst = true;
  for (const part of parts) {
    if (!isFirst) yield part;
    isFirst = false;
  }
}
