import type { Argv } from "yargs";
import { explainCommit } from "../../audit/explain-commit.ts";
import { loserOf } from "../../audit/loser.ts";
import { openRepository, repositoryBase } from "../../git/repository.ts";
import type { Command } from "../command.ts";
import { explainText } from "../views/explain.ts";

interface ExplainArgs {
  readonly commit: string;
  readonly path: readonly string[] | undefined;
  readonly field: string | undefined;
}

/** Lists what rules decided in a merge, with the values that won and lost. */
export const explainCommand: Command<ExplainArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("commit", { type: "string", default: "HEAD", describe: "The merge commit" })
      .option("path", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "Only this file, or the files below this folder; from the top of the repository",
      })
      .option("field", {
        type: "string",
        requiresArg: true,
        describe: "Only this field and what is in it; in a table with the record's id before it",
      })
      .example("$0 explain", "what the merge that HEAD is came from")
      .example("$0 explain 1a2b3c4 --path .got/entities --field status", "who set the status")
      .example("$0 explain HEAD --json", "the same for a program, with the values in full"),
  run: async (context, args) => {
    const repository = openRepository(context.cwd, context.env);
    const call = { cwd: repositoryBase(repository), env: context.env };
    const { path, field } = args;
    const wants = (file: string): boolean => path?.some((wanted) => isIn(file, wanted)) ?? true;
    const explained = await explainCommit(call, args.commit, { wants });
    const isWanted = ({ at }: { readonly at: string }): boolean => field === undefined || isField(at, field);
    const paths = explained.paths.map(({ outcome, committed, ...rest }) => ({
      ...rest,
      outcome: outcome.kind,
      reason: "reason" in outcome ? outcome.reason : null,
      removedBy: "removedBy" in outcome ? outcome.removedBy : null,
      decisions:
        "decisions" in outcome
          ? outcome.decisions.filter(isWanted).map((one) => ({ ...one, lost: loserOf(one) }))
          : [],
      conflicts: "conflicts" in outcome ? outcome.conflicts.filter(isWanted) : [],
      committed: committed.kind,
      differences: committed.kind === "different" ? (committed.differences?.filter(isWanted) ?? null) : [],
    }));
    const data = { ...explained, paths };
    for (const note of data.notes) context.note(`got-hooks: ${note}`);
    return { data, text: explainText(data) };
  },
};

function isIn(file: string, wanted: string): boolean {
  const folder = wanted.replace(/^\.\//, "").replace(/\/$/, "");
  return folder === "" || folder === "." || file === folder || file.startsWith(`${folder}/`);
}

/** `checklist` is asked for by its own name, and stands for what is in it as well. */
function isField(at: string, field: string): boolean {
  const rest = at.startsWith(field) ? at.slice(field.length) : null;
  return rest === "" || rest?.startsWith(".") === true || rest?.startsWith("[") === true;
}
