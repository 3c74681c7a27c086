import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import { acyclicKinds, checkGraph, edgeId } from "../../../store/check-graph.ts";
import { requireRef } from "../../../store/entity-files.ts";
import type { Command } from "../../command.ts";
import { conflictError, withStore } from "../../open-entity-store.ts";
import { changedText } from "../../views/entity.ts";

interface EdgeArgs {
  readonly from: string;
  readonly kind: string;
  readonly to: string;
}

/** Joins two entities; refused when one is missing or the edge would close a cycle. */
export const addCommand: Command<EdgeArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("from", { type: "string", demandOption: true, describe: "<type>:<id>" })
      .positional("kind", {
        type: "string",
        demandOption: true,
        describe: "depends_on, contains, blocks, or a name of yours",
      })
      .positional("to", { type: "string", demandOption: true, describe: "<type>:<id>" })
      .example("$0 edge add task:T-2 depends_on task:T-1", "T-2 has to wait for T-1"),
  run: async (context, { from, kind, to }) => {
    for (const ref of [from, to]) requireRef(ref);
    const id = edgeId(from, kind, to);
    return await withStore(context, async ({ store }) => {
      const outcome = await store.transaction(async (tx) => {
        for (const ref of [from, to]) {
          if ((await tx.get(ref)) !== null) continue;
          throw new GotError("INVALID_ENTITY", `There is no entity ${ref}`, {
            facts: { ref },
            hint: "Make it first.",
          });
        }
        await tx.put({ ...(await tx.get(`edge:${id}`)), type: "edge", id, from, kind, to });
        // Listing counts as reading: two edges that close a cycle together cannot both be made.
        const edges = acyclicKinds.has(kind) ? await tx.list("edge", (edge) => edge["kind"] === kind) : [];
        for (const problem of checkGraph(edges, () => true)) {
          if (problem.kind !== "cycle") continue;
          throw new GotError("INVALID_ENTITY", `That would close a cycle: ${problem.refs.join(" -> ")}`, {
            facts: { from, kind, to },
            hint: "Remove one of these edges first.",
          });
        }
        return await tx.get(`edge:${id}`);
      });
      if (outcome.kind === "conflict") throw conflictError(outcome);
      return { data: { edge: outcome.value }, text: changedText("now", `edge:${id}`, outcome.value) };
    });
  },
};
