import type { Argv } from "yargs";
import { edgeId } from "../../../store/check-graph.ts";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { conflictError, withStore } from "../../open-entity-store.ts";
import { deletedText, noEntityText } from "../../views/entity.ts";

interface EdgeArgs {
  readonly from: string;
  readonly kind: string;
  readonly to: string;
}

/** Takes an edge away; exit 1 when there is none. */
export const removeCommand: Command<EdgeArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("from", { type: "string", demandOption: true, describe: "<type>:<id>" })
      .positional("kind", { type: "string", demandOption: true, describe: "The edge's kind" })
      .positional("to", { type: "string", demandOption: true, describe: "<type>:<id>" })
      .example("$0 edge remove task:T-2 depends_on task:T-1", "T-2 need not wait any more"),
  run: async (context, { from, kind, to }) => {
    const ref = `edge:${edgeId(from, kind, to)}`;
    return await withStore(context, async ({ store }) => {
      const outcome = await store.transaction(async (tx) => {
        const edge = await tx.get(ref);
        if (edge !== null) await tx.delete(ref);
        return edge;
      });
      if (outcome.kind === "conflict") throw conflictError(outcome);
      const data = { ref, removed: outcome.value };
      return outcome.value === null
        ? { data, text: noEntityText(ref), exitCode: exitCodes.refused }
        : { data, text: deletedText(ref) };
    });
  },
};
