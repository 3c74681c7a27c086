import path from "node:path";
import type { LogEvent } from "../model/event.ts";
import { Follower } from "./follow.ts";
import { listInputs, logFolders } from "./list-inputs.ts";
import type { LogProblem } from "./log.ts";

/**
 * Yields the events that come into a work tree's log from now on, until the signal; each look's in total order. An event that
 * a merge brings in is new here, however old it is. Remembers every id.
 */
export async function* watchLog(
  workTree: string,
  options: { readonly signal: AbortSignal; readonly onProblem: (problem: LogProblem) => void },
): AsyncGenerator<LogEvent, void, void> {
  const follower = new Follower({
    ...options,
    list: () => listInputs(workTree, options.onProblem),
    folders: () => logFolders.map(({ folder }) => path.join(workTree, ".got", folder)),
  });
  try {
    for (const _ of follower.before());
    yield* follower.after();
  } finally {
    follower.close();
  }
}
