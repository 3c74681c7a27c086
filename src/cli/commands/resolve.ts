import type { Argv } from "yargs";
import { GotError } from "../../base/errors.ts";
import { openRepository } from "../../git/repository.ts";
import { resolveConflicts } from "../../resolve/resolve.ts";
import { noWish, parseGiven, type SideWish } from "../../resolve/wish.ts";
import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { resolveView } from "../views/resolve.ts";

interface ResolveArgs {
  readonly paths: string[] | undefined;
  readonly ours: boolean;
  readonly theirs: boolean;
  readonly latest: boolean;
  readonly set: string[] | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** Resolves files in conflict by meaning; exit 1 while something is left to decide. */
export const resolveCommand: Command<ResolveArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("paths", {
        type: "string",
        array: true,
        describe: "Files or folders, as git add takes them; without any, all files in conflict",
      })
      .option("ours", { type: "boolean", default: false, describe: "Decide what is left by our side (HEAD)" })
      .option("theirs", { type: "boolean", default: false, describe: "Decide what is left by their side" })
      .option("latest", {
        type: "boolean",
        default: false,
        describe: "Decide what is left by the side that was updated later",
      })
      .option("set", {
        type: "string",
        array: true,
        requiresArg: true,
        describe:
          "<field>=<value>: the value of a field that both sides changed; <id>.<field> in tables and logs",
      })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "Also files edited by hand; their content is kept in <git-dir>/got/kept",
      })
      .option("dry-run", { type: "boolean", default: false, describe: "Show what would be done" })
      .example("$0 resolve", "decide by the policy, and list what it leaves")
      .example("$0 resolve --latest", "and let the later change decide what is left")
      .example("$0 resolve .got/entities/task/T-1.json --set title='Ship it'", "give a field its value"),
  run: async (context, args) => {
    const repository = openRepository(context.cwd, context.env);
    const workTree = repository.topLevel;
    if (workTree === null) throw noWorkTree(context);
    const report = resolveConflicts({
      call: { cwd: context.cwd, env: context.env },
      workTree,
      gitDir: repository.gitDir,
      pathspecs: args.paths ?? [],
      wish: { ...noWish, side: sideOf(args), given: parseGiven(args.set ?? []) },
      policy: readConfig(workTree).config.policy,
      dryRun: args.dryRun,
      force: args.force,
    });
    const isLeft = report.files.some(({ outcome }) => outcome === "conflict" || outcome === "left");
    return { data: report, text: resolveView(report), exitCode: isLeft ? 1 : 0 };
  },
};

function sideOf(args: ResolveArgs): SideWish | null {
  const [side, other] = (["ours", "theirs", "latest"] as const).filter((name) => args[name]);
  if (other === undefined) return side ?? null;
  throw new GotError("USAGE", `--${side} and --${other} can't both decide`, { hint: "Name one of them." });
}

function noWorkTree({ cwd }: Context): GotError {
  return new GotError("NOT_A_REPOSITORY", `${cwd} is not in a work tree, and conflicts are resolved in one`, {
    facts: { cwd },
    hint: "Change into a work tree, or name one with -C <dir>.",
  });
}
