import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import { requireRef } from "../../../store/entity-files.ts";
import type { Command } from "../../command.ts";
import { parseFields } from "../../entity-fields.ts";
import { conflictError, withStore } from "../../open-entity-store.ts";
import { changedText } from "../../views/entity.ts";

interface SetArgs {
  readonly ref: string;
  readonly fields: string[] | undefined;
  readonly data: string | undefined;
  readonly unset: string[] | undefined;
  readonly ifVersion: number | undefined;
}

/** Changes fields of an entity, in a transaction that is tried again when others were faster. */
export const setCommand: Command<SetArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("ref", { type: "string", demandOption: true, describe: "<type>:<id>, e.g. task:T-1" })
      .positional("fields", {
        type: "string",
        array: true,
        describe: "<field>=<value>; JSON where it can be read so, else text",
      })
      .option("data", { type: "string", requiresArg: true, describe: "Fields as one JSON object" })
      .option("unset", { type: "string", array: true, requiresArg: true, describe: "Remove this field" })
      .option("if-version", {
        type: "number",
        requiresArg: true,
        describe: "Only if the entity has this version",
      })
      .example(
        "$0 entity set task:T-1 status=closed --unset assignee",
        "change one field and remove another",
      ),
  run: async (context, args) => {
    requireRef(args.ref);
    const fields = parseFields(args.fields ?? [], args.data);
    return await withStore(context, async ({ store }) => {
      const outcome = await store.transaction(async (tx) => {
        const entity = await tx.get(args.ref);
        if (entity === null) {
          throw new GotError("INVALID_ENTITY", `There is no entity ${args.ref}`, {
            facts: { ref: args.ref },
            hint: "Make it with got-hooks entity create.",
          });
        }
        if (args.ifVersion !== undefined && entity.version !== args.ifVersion) {
          throw new GotError(
            "INVALID_ENTITY",
            `${args.ref} has version ${entity.version}, not ${args.ifVersion}; nothing was changed`,
            {
              facts: { ref: args.ref, version: entity.version, expected: args.ifVersion },
              hint: "Read it again.",
            },
          );
        }
        const removed = Object.fromEntries((args.unset ?? []).map((field) => [field, undefined]));
        await tx.put({ ...entity, ...fields, ...removed });
        return await tx.get(args.ref);
      });
      if (outcome.kind === "conflict") throw conflictError(outcome);
      return { data: { entity: outcome.value }, text: changedText("now", args.ref, outcome.value) };
    });
  },
};
