import type { Argv } from "yargs";
import { isDeepStrictEqual } from "node:util";
import { GotError } from "../../../base/errors.ts";
import { requireRef } from "../../../store/entity-files.ts";
import type { Command } from "../../command.ts";
import { fieldsAt, readHistory } from "../../entity-history.ts";
import { noteProblems, openEventLog } from "../../open-event-log.ts";
import { diffText, type FieldDifference } from "../../views/entity.ts";

interface DiffArgs {
  readonly ref: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** Shows in which fields two versions of an entity differ, as the event log tells it. */
export const diffCommand: Command<DiffArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("ref", { type: "string", demandOption: true, describe: "<type>:<id>, e.g. task:T-1" })
      .option("from", {
        type: "number",
        requiresArg: true,
        describe: "A version; default the one before --to",
      })
      .option("to", { type: "number", requiresArg: true, describe: "A version; default the newest" })
      .example("$0 entity diff task:T-1 --from 1", "everything that was changed since version 1"),
  run: async (context, args) => {
    requireRef(args.ref);
    const opened = openEventLog(context);
    try {
      const changes = await readHistory(opened.log, args.ref);
      noteProblems(context, opened.problems);
      const to = args.to ?? changes.at(-1)?.version ?? 0;
      const from = args.from ?? Math.max(0, to - 1);
      const [before, after] = [fieldsAt(changes, from), fieldsAt(changes, to)];
      if (before === null || after === null) {
        const missing = before === null ? from : to;
        throw new GotError(
          "UNREADABLE_INPUT",
          `The event log does not tell version ${missing} of ${args.ref}`,
          {
            facts: { ref: args.ref, version: missing },
            hint: `Look at git log -p -- .got/entities/${args.ref.replace(":", "/")}.json.`,
          },
        );
      }
      const differences: FieldDifference[] = [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .map((field) => ({ field, from: before[field] ?? null, to: after[field] ?? null }))
        .filter((one) => !isDeepStrictEqual(one.from, one.to));
      return { data: { ref: args.ref, from, to, differences }, text: diffText(differences) };
    } finally {
      opened.log.close();
    }
  },
};
