import { randomBytes } from "node:crypto";
import { resolveCommit } from "../git/commit-files.ts";
import { commitSubjects } from "../git/commit-subjects.ts";
import type { RecordContext } from "../work/notes/record.ts";
import type { Context } from "./context.ts";
import { withStore } from "./open-entity-store.ts";

/** Opens what notes and decisions work with, in the work tree that a command runs in. */
export async function withRecords<Value>(
  context: Context,
  work: (records: RecordContext) => Promise<Value>,
): Promise<Value> {
  return await withStore(context, async ({ store, opened }) => {
    const { workTree, agent } = opened;
    const call = { cwd: workTree, env: context.env };
    return await work({
      store,
      workTree,
      agent,
      commits: {
        resolve: (name) => resolveCommit(call, name),
        subjects: (ids) => commitSubjects(call, ids),
      },
      now: context.now,
      randomHex: () => randomBytes(16).toString("hex"),
    });
  });
}
