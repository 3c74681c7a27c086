import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { withStore } from "../../open-entity-store.ts";
import { entityText, noEntityText } from "../../views/entity.ts";

interface GetArgs {
  readonly ref: string;
}

/** Shows one entity; exit 1 when there is none. */
export const getCommand: Command<GetArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("ref", { type: "string", demandOption: true, describe: "<type>:<id>, e.g. task:T-1" })
      .example("$0 entity get task:T-1 --json", "one entity, for a program"),
  run: async (context, args) =>
    await withStore(context, async ({ store }) => {
      const entity = await store.get(args.ref);
      return entity === null
        ? { data: { entity }, text: noEntityText(args.ref), exitCode: exitCodes.refused }
        : { data: { entity }, text: entityText(entity) };
    }),
};
