import { tmpdir } from "node:os";
import type { Argv } from "yargs";
import { GotError } from "../../base/errors.ts";
import { openRepository, repositoryBase } from "../../git/repository.ts";
import { registeredDrivers } from "../../git/registered-drivers.ts";
import { type NamedPair, previewMerges } from "../../preview/preview.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { previewText } from "../views/preview.ts";

interface PreviewArgs {
  readonly branches: string[];
  readonly onto: string;
  readonly matrix: boolean;
}

/** Says how merges would come out, and touches nothing; exit 1 when one of them would conflict. */
export const previewCommand: Command<PreviewArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("branches", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Branches or commits to merge",
      })
      .option("onto", {
        type: "string",
        default: "HEAD",
        requiresArg: true,
        describe: "The branch or commit that they are merged into",
      })
      .option("matrix", {
        type: "boolean",
        default: false,
        describe: "Merge each of the branches with each other instead, to see which collide",
      })
      .example("$0 preview topic", "would topic merge into what is checked out?")
      .example("$0 preview --matrix agent-1 agent-2 agent-3", "which of the branches collide, and where"),
  run: async (context, args) => {
    const repository = openRepository(context.cwd, context.env);
    const call = { cwd: repositoryBase(repository), env: context.env };
    const branches = [...new Set(args.branches)];
    // An option that is given twice arrives as a list.
    const onto = [args.onto].flat().at(-1) ?? "HEAD";
    if (args.matrix && branches.length < 2)
      throw new GotError("USAGE", "A matrix needs two branches or more", {
        facts: { branches: branches.length },
      });
    const pairs = args.matrix ? allPairs(branches) : branches.map((theirs) => ({ ours: onto, theirs }));
    let notedMs = context.now().getTime();
    const preview = await previewMerges(pairs, {
      call,
      temporary: tmpdir(),
      drivers: registeredDrivers(call),
      interruption: context.interruption,
      onProgress: (done, total) => {
        const nowMs = context.now().getTime();
        if (nowMs - notedMs < noteEveryMs) return;
        notedMs = nowMs;
        context.note(`${done} of ${total} merges`);
      },
    });
    const data = { matrix: args.matrix, branches, onto: args.matrix ? null : onto, ...preview };
    for (const note of new Set(preview.merges.flatMap(({ notes }) => notes)))
      context.note(`got-hooks: ${note}`);
    const isClean = preview.merges.every(({ outcome }) => outcome !== "conflict" && outcome !== "unrelated");
    return { data, text: previewText(data), exitCode: isClean ? exitCodes.done : exitCodes.refused };
  },
};

const noteEveryMs = 1000;

function allPairs(branches: readonly string[]): readonly NamedPair[] {
  return branches.flatMap((ours, index) => branches.slice(index + 1).map((theirs) => ({ ours, theirs })));
}
