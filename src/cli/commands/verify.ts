import type { Argv } from "yargs";
import { GotError } from "../../base/errors.ts";
import { verifyMerges } from "../../audit/verify-range.ts";
import { openRepository, repositoryBase } from "../../git/repository.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { progress } from "../progress.ts";
import { verifyText } from "../views/verify.ts";

interface VerifyArgs {
  readonly range: string | undefined;
  readonly merge: string | undefined;
  readonly allowIncomplete: boolean;
}

/** Checks that merges, wherever they were made, lost nothing; exit 1 when one did. */
export const verifyCommand: Command<VerifyArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("range", {
        type: "string",
        describe:
          "Commits as for git log: main, or origin/main..HEAD [default: all that HEAD's history holds]",
      })
      .option("merge", { type: "string", requiresArg: true, describe: "Only this merge commit" })
      .option("allow-incomplete", {
        type: "boolean",
        default: false,
        describe: "Let merges pass that a shallow or partial clone can't check; they are still listed",
      })
      .example("$0 verify", "check every merge in the history of HEAD")
      .example("$0 verify origin/main..HEAD", "check the merges that a branch adds")
      .example("$0 verify --merge HEAD --json", "check one merge, for a program")
      .epilogue(
        "Exit codes: 0 nothing was lost, 1 something was, or could not be checked because the clone is incomplete.\nOnly merge commits can be checked: what a rebase, cherry-pick or squash lost is in no commit.",
      ),
  run: async (context, args) => {
    if (args.range !== undefined && args.merge !== undefined)
      throw new GotError("USAGE", "a range and --merge can't be given together");
    const repository = openRepository(context.cwd, context.env);
    const call = { cwd: repositoryBase(repository), env: context.env };
    const data = await verifyMerges({
      call,
      range: args.range ?? "HEAD",
      ...(args.merge === undefined ? {} : { merge: args.merge }),
      onProgress: progress(context, "merges checked"),
    });
    for (const note of data.notes) context.note(`got-hooks: ${note}`);
    const isIncomplete = data.unchecked.some(({ incomplete }) => incomplete);
    const isRefused = data.losses > 0 || (isIncomplete && !args.allowIncomplete);
    return { data, text: verifyText(data), exitCode: isRefused ? exitCodes.refused : exitCodes.done };
  },
};
