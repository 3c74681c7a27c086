import type { Argv } from "yargs";
import { bringInTarget } from "../../audit/bring-in-target.ts";
import { GotError } from "../../base/errors.ts";
import { openRepository } from "../../git/repository.ts";
import { type GitCall, runGit, tryGit } from "../../git/run-git.ts";
import { installStatus } from "../../install/status.ts";
import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { explainedPaths } from "../explained-paths.ts";
import { mergeBaseText } from "../views/merge-base.ts";
import { installOptions } from "../install-options.ts";

interface MergeBaseArgs {
  readonly target: string | undefined;
  readonly fetch: boolean;
  readonly dryRun: boolean;
}

/** Merges the target of a branch into it, here, with the drivers: what the merge button of a server can't do. */
export const mergeBaseCommand: Command<MergeBaseArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("target", {
        type: "string",
        describe: "The branch that yours is to be merged into [default: what origin/HEAD points at]",
      })
      .option("fetch", {
        type: "boolean",
        default: false,
        describe: "Fetch the target from its remote first",
      })
      .option("dry-run", { type: "boolean", default: false, describe: "Only say what would happen" })
      .example("$0 merge-base origin/main --fetch", "bring the newest main into this branch, ready to push")
      .example("$0 merge-base --dry-run", "what rules would decide, and what would conflict")
      .epilogue("Exit codes: 0 the branch has the target in it, 1 a conflict was left or nothing was done."),
  run: async (context, args) => {
    const repository = openRepository(context.cwd, context.env);
    if (repository.topLevel === null) {
      throw new GotError("NOT_A_REPOSITORY", `${context.cwd} is not in a work tree, and merging needs one`, {
        facts: { cwd: context.cwd },
      });
    }
    const call = { cwd: repository.topLevel, env: context.env };
    requireDrivers(context);
    const target = args.target ?? defaultTarget(call);
    if (args.fetch) fetchTarget(call, target);
    const outcome = await bringInTarget({ call, gitDir: repository.gitDir, target, dryRun: args.dryRun });
    const isDone =
      outcome.kind === "merged" || outcome.kind === "up-to-date" || outcome.kind === "fast-forward";
    const { explanation, ...rest } = "explanation" in outcome ? outcome : { ...outcome, explanation: null };
    for (const note of explanation?.notes ?? []) context.note(`got-hooks: ${note}`);
    const data = {
      target,
      dryRun: args.dryRun,
      outcome: rest,
      paths: explanation === null ? [] : explainedPaths(explanation),
      push: pushCommand(call),
    };
    return { data, text: mergeBaseText(data), exitCode: isDone ? exitCodes.done : exitCodes.refused };
  },
};

/** Without the drivers this would be the merge that loses things. */
function requireDrivers(context: Context): void {
  if (context.env["GOT_HOOKS_MERGE"] === "0") {
    throw new GotError("NOT_INSTALLED", "GOT_HOOKS_MERGE=0 switches the merge drivers off", {
      hint: "Unset it, or merge with plain git.",
    });
  }
  const status = installStatus(installOptions(context));
  const problem =
    status.record === null
      ? "got-hooks is not installed here"
      : [...status.drivers, ...status.attributes].find((one) => one.problem !== null)?.problem;
  if (typeof problem !== "string") return;
  throw new GotError("NOT_INSTALLED", `the merge drivers are not in force: ${problem}`, {
    hint: "Run got-hooks install, then this again.",
  });
}

function defaultTarget(call: GitCall): string {
  const asked = tryGit(call, ["rev-parse", "-q", "--verify", "--abbrev-ref", "origin/HEAD"]);
  if (asked.status === 0) return asked.stdout.trim();
  throw new GotError("USAGE", "which branch is the target? origin/HEAD does not say", {
    hint: "Name it: got-hooks merge-base origin/main. git remote set-head origin --auto makes origin/HEAD say it.",
  });
}

function fetchTarget(call: GitCall, target: string): void {
  const remotes = runGit(call, ["remote"]).split("\n").filter(Boolean);
  const remote = remotes.find((name) => target.startsWith(`${name}/`));
  if (remote === undefined) {
    throw new GotError("USAGE", `--fetch: ${target} is no branch of a remote`, {
      facts: { target },
      hint: "Name one like origin/main, or leave --fetch out.",
    });
  }
  runGit(call, ["fetch", "-q", "--", remote]);
}

/** The command that publishes the branch. */
function pushCommand(call: GitCall): string {
  const hasUpstream = tryGit(call, ["rev-parse", "-q", "--verify", "@{upstream}"]).status === 0;
  return hasUpstream ? "git push" : "git push -u origin HEAD";
}
