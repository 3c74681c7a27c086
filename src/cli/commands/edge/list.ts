import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { withStore } from "../../open-entity-store.ts";
import { listText } from "../../views/entity.ts";

interface ListArgs {
  readonly ref: string | undefined;
  readonly kind: string | undefined;
}

/** Lists edges, all or those of one entity. */
export const listCommand: Command<ListArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("ref", { type: "string", describe: "Only edges that begin or end at this entity" })
      .option("kind", { type: "string", requiresArg: true, describe: "Only edges of this kind" })
      .example("$0 edge list task:T-2 --kind depends_on", "what T-2 waits for, and what waits for it"),
  run: async (context, { ref, kind }) =>
    await withStore(context, async ({ store }) => {
      const edges = await store.list(
        "edge",
        (edge) =>
          (ref === undefined || edge["from"] === ref || edge["to"] === ref) &&
          (kind === undefined || edge["kind"] === kind),
      );
      return { data: { edges }, text: listText(edges, edges.length) };
    }),
};
