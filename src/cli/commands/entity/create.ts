import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import { requireRef } from "../../../store/entity-files.ts";
import type { Command } from "../../command.ts";
import { parseFields } from "../../entity-fields.ts";
import { conflictError, withStore } from "../../open-entity-store.ts";
import { changedText } from "../../views/entity.ts";

interface CreateArgs {
  readonly ref: string;
  readonly fields: string[] | undefined;
  readonly data: string | undefined;
}

/** Creates an entity; refused when there is one. */
export const createCommand: Command<CreateArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("ref", { type: "string", demandOption: true, describe: "<type>:<id>, e.g. task:T-1" })
      .positional("fields", {
        type: "string",
        array: true,
        describe: "<field>=<value>; JSON where it can be read so, else text",
      })
      .option("data", { type: "string", requiresArg: true, describe: "Fields as one JSON object" })
      .example('$0 entity create task:T-1 title="Write docs" points=3', "create a task with two fields"),
  run: async (context, args) => {
    const ref = requireRef(args.ref);
    const fields = parseFields(args.fields ?? [], args.data);
    return await withStore(context, async ({ store }) => {
      const outcome = await store.transaction(async (tx) => {
        if ((await tx.get(args.ref)) !== null) {
          throw new GotError("INVALID_ENTITY", `There is an entity ${args.ref} already`, {
            facts: { ref: args.ref },
            hint: "Change it with got-hooks entity set.",
          });
        }
        await tx.put({ ...fields, ...ref });
        return await tx.get(args.ref);
      });
      if (outcome.kind === "conflict") throw conflictError(outcome);
      return { data: { entity: outcome.value }, text: changedText("created", args.ref, outcome.value) };
    });
  },
};
