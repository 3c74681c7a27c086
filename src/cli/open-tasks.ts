import { openTasks } from "../work/tasks/open-tasks.ts";
import type { Tasks } from "../work/tasks/tasks.ts";
import type { Context } from "./context.ts";
import { withStore } from "./open-entity-store.ts";
import { toGotError } from "./print-error.ts";

/** What a command about tasks works with. */
export interface OpenedTasks {
  readonly tasks: Tasks;
  readonly agent: string;
}

/** Opens the tasks of the work tree that a command runs in, runs `work` and closes everything again. */
export async function withTasks<Value>(
  context: Context,
  work: (opened: OpenedTasks) => Promise<Value>,
): Promise<Value> {
  return await withStore(context, async ({ store, opened }) => {
    const { repository, workTree, agent, session, log } = opened;
    const tasks = openTasks({
      store,
      workTree,
      gitDir: repository.gitDir,
      commonDir: repository.commonDir,
      workTrees: () =>
        repository.worktrees.flatMap(({ path, bare, prunable }) => (bare || prunable ? [] : [path])),
      agent,
      session,
      now: context.now,
      appendEvent: (event) => {
        try {
          log.append(event);
        } catch (error) {
          context.note(`the event ${event.event} was not written: ${toGotError(error).message}`);
        }
      },
    });
    return await work({ tasks, agent });
  });
}
