import type { Argv } from "yargs";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { conflictError, withStore } from "../../open-entity-store.ts";
import { deletedText, noEntityText } from "../../views/entity.ts";

interface DeleteArgs {
  readonly ref: string;
}

/** Deletes an entity; exit 1 when there is none. */
export const deleteCommand: Command<DeleteArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("ref", { type: "string", demandOption: true, describe: "<type>:<id>, e.g. task:T-1" })
      .example("$0 entity delete note:N-7", "delete one entity"),
  run: async (context, args) =>
    await withStore(context, async ({ store }) => {
      const outcome = await store.transaction(async (tx) => {
        const entity = await tx.get(args.ref);
        if (entity !== null) await tx.delete(args.ref);
        return entity;
      });
      if (outcome.kind === "conflict") throw conflictError(outcome);
      const data = { ref: args.ref, deleted: outcome.value };
      return outcome.value === null
        ? { data, text: noEntityText(args.ref), exitCode: exitCodes.refused }
        : { data, text: deletedText(args.ref) };
    }),
};
