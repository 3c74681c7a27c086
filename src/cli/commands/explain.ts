import type { Argv } from "yargs";
import { type CommitExplanation, explainCommit } from "../../audit/explain-commit.ts";
import { explainIndex } from "../../audit/explain-index.ts";
import { GotError } from "../../base/errors.ts";
import { openRepository, repositoryBase } from "../../git/repository.ts";
import type { Command } from "../command.ts";
import { explainedPaths } from "../explained-paths.ts";
import { explainText } from "../views/explain.ts";

interface ExplainArgs {
  readonly commit: string | undefined;
  readonly index: boolean;
  readonly path: readonly string[] | undefined;
  readonly field: string | undefined;
}

/** Lists what rules decided in a merge, with the values that won and lost. */
export const explainCommand: Command<ExplainArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("commit", { type: "string", describe: "The merge commit [default: HEAD]" })
      .option("index", {
        type: "boolean",
        default: false,
        describe: "The merge, cherry-pick, revert or step of a rebase that is under way, instead of a commit",
      })
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
      .example("$0 explain --index", "what is decided so far in a merge that has stopped")
      .example("$0 explain HEAD --json", "the same for a program, with the values in full"),
  run: async (context, args) => {
    const repository = openRepository(context.cwd, context.env);
    const call = { cwd: repositoryBase(repository), env: context.env };
    const { path, field } = args;
    const wants = (file: string): boolean => path?.some((wanted) => isIn(file, wanted)) ?? true;
    if (args.index && args.commit !== undefined)
      throw new GotError("USAGE", "a commit and --index can't be given together");
    const explained: CommitExplanation & { readonly underWay?: string } = args.index
      ? await explainIndex({ call, gitDir: repository.gitDir, wants })
      : await explainCommit(call, args.commit ?? "HEAD", { wants });
    const isWanted = ({ at }: { readonly at: string }): boolean => field === undefined || isField(at, field);
    const data = {
      ...explained,
      underWay: explained.underWay ?? null,
      paths: explainedPaths(explained, isWanted),
    };
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
