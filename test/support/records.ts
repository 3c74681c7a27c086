import type { RecordContext } from "../../src/work/notes/record.ts";
import type { Store } from "../../src/store/store.ts";

/** What notes and decisions work with, over a store and commits that are only made up. */
export function recordContext(
  store: Store,
  workTree: string,
  more: Partial<RecordContext> = {},
): RecordContext {
  let serial = 0;
  return {
    store,
    workTree,
    agent: "ada",
    commits: {
      resolve: (name) => (name.startsWith("c") ? name.padEnd(40, "0") : null),
      subjects: (ids) => new Map(ids.map((id) => [id, id.startsWith("c1") ? "The first" : null])),
    },
    now: () => new Date(Date.UTC(2026, 10, 21)),
    randomHex: () => `random ${serial++}`,
    ...more,
  };
}
