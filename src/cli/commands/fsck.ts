import type { Argv } from "yargs";
import { checkEntities } from "../../store/check-entities.ts";
import { checkGraph } from "../../store/check-graph.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { withStore } from "../open-entity-store.ts";
import { fsckText } from "../views/entity.ts";

interface FsckArgs {
  readonly repair: boolean;
}

/** Checks every entity and the edges between them; exit 1 when something is left to do. */
export const fsckCommand: Command<FsckArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("repair", { type: "boolean", default: false, describe: "Remove what crashes have left behind" })
      .example("$0 fsck", "look for broken entities, missing ends of edges and cycles"),
  run: async (context, args) =>
    // Opening the store finishes what was committed and is not in the files yet.
    await withStore(context, async ({ opened }) => {
      const { workTree, repository } = opened;
      const { entities, problems } = checkEntities({
        workTree,
        gitDir: repository.gitDir,
        repair: args.repair,
      });
      const refs = new Set(entities.map(({ type, id }) => `${type}:${id}`));
      const graph = checkGraph(
        entities.filter(({ type }) => type === "edge"),
        (ref) => refs.has(ref),
      );
      const data = { entities: entities.length, problems, graph };
      const isLeft = graph.length > 0 || problems.some(({ repaired }) => !repaired);
      return { data, text: fsckText(data), exitCode: isLeft ? exitCodes.refused : 0 };
    }),
};
