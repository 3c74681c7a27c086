import type { Engine } from "./engine.ts";
import { requireEntity } from "./entity-files.ts";
import { storeLimits } from "./store-limits.ts";
import type { Change } from "./wal-record.ts";

/**
 * Entities that the log knows and whose files are something else: edited by hand or by git, and touched by no transaction since.
 * Under the lock and caught up. What is no entity now (conflict markers, a link) is left for who uses it: an edit elsewhere must
 * not make a commit fail.
 */
export function findOutsideEdits(engine: Engine): readonly Change[] {
  const edits: Change[] = [];
  let characters = 0;
  for (const { ref, lsn, text: before } of engine.index.newestOfAll()) {
    // The files do not have it yet: what stands there is settled when they get it.
    if (lsn > engine.wal.appliedLsn()) continue;
    // What is left over, the next process finds.
    if (edits.length === storeLimits.changesAtOnce || characters > storeLimits.segmentBytes) break;
    try {
      const after = engine.files.read(ref);
      if (after === before) continue;
      for (const text of [before, after]) {
        requireEntity(ref, text, engine.files.path(ref));
        characters += text?.length ?? 0;
      }
      edits.push({ ref, before, after });
    } catch {
      continue;
    }
  }
  return edits;
}
