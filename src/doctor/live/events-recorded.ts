import { listInputs } from "../../log/list-inputs.ts";
import { readEvents } from "../../log/read-events.ts";
import { listSpool } from "../../log/spool.ts";
import path from "node:path";

/**
 * Looks for events in the spool of one worktree and in what its commits have taken along.
 *
 * @returns the ids that are nowhere.
 */
export function eventsRecorded(
  ids: readonly string[],
  place: { readonly commonDir: string; readonly name: string; readonly workTree: string },
): readonly string[] {
  const spooled = listSpool(place.commonDir).filter((input) =>
    path.basename(input.path).startsWith(`${place.name}.`),
  );
  const tracked = listInputs(place.workTree, () => {}).filter(({ name }) => name.includes(place.name));
  const seen = new Set<string>();
  for (const { id } of readEvents([...spooled, ...tracked], { onProblem: () => {} })) seen.add(id);
  return ids.filter((id) => !seen.has(id));
}
