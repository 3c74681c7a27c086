import { tmpdir } from "node:os";
import type { Argv } from "yargs";
import { GotError } from "../../base/errors.ts";
import { unmergedPaths } from "../../git/index-stages.ts";
import { type GitRepository, openRepository } from "../../git/repository.ts";
import { ownSetting } from "../../git/own-setting.ts";
import {
  resolveCode,
  type ResolveCodeOptions,
  type ResolverEvent,
  resolverTimeoutMs,
} from "../../resolve/resolve-code.ts";
import { resolveConflicts, type ResolveOptions, type ResolveReport } from "../../resolve/resolve.ts";
import { withResolveLock } from "../../resolve/with-resolve-lock.ts";
import { noWish, parseGiven, type SideWish, type Wish } from "../../resolve/wish.ts";
import { askConflicts } from "../ask-conflicts.ts";
import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import { findResolver } from "../find-resolver.ts";
import { openEventLog } from "../open-event-log.ts";
import { printable } from "../printable.ts";
import { type FoundConfig, readConfig } from "../../workspace/read-config.ts";
import { spoolEvents } from "../spool-events.ts";
import { resolveView } from "../views/resolve.ts";

interface ResolveArgs {
  readonly "--"?: readonly string[];
  readonly paths: string[] | undefined;
  readonly ours: boolean;
  readonly theirs: boolean;
  readonly latest: boolean;
  readonly set: string[] | undefined;
  readonly interactive: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly resolver: boolean | undefined;
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
      .option("interactive", {
        alias: "i",
        type: "boolean",
        default: false,
        describe: "Ask about each conflict that is left, on the terminal",
      })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "Also files edited by hand; their content is kept in <git-dir>/got/kept",
      })
      .option("resolver", {
        type: "boolean",
        describe:
          "Run the resolver of your git configuration (got.resolver) on code in conflict [default: if there is one]",
      })
      .option("dry-run", { type: "boolean", default: false, describe: "Show what would be done" })
      .example("$0 resolve", "decide by the policy, and list what it leaves")
      .example("$0 resolve --latest", "and let the later change decide what is left")
      .example("$0 resolve .got/entities/task/T-1.json --set title='Ship it'", "give a field its value"),
  run: async (context, args) => {
    const repository = openRepository(context.cwd, context.env);
    const workTree = repository.topLevel;
    if (workTree === null) throw noWorkTree(context);
    const found = readConfig(workTree);
    const wantsResolver = args.resolver !== false && !args.dryRun;
    noteBrokenConfig(context, found);
    const command = wantsResolver ? findResolver(context, repository, found) : null;
    if (args.resolver === true && wantsResolver && command === null) throw noResolver();
    const resolver =
      command === null
        ? null
        : { command, timeoutMs: resolverTimeoutMs(ownSetting(repository, "got.resolverTimeout")) };
    const options: ResolveOptions = {
      call: { cwd: context.cwd, env: context.env },
      workTree,
      gitDir: repository.gitDir,
      pathspecs: [...(args.paths ?? []), ...(args["--"] ?? [])],
      wish: { ...noWish, side: sideOf(args), given: parseGiven(args.set ?? []) },
      policy: found.config.policy,
      dryRun: args.dryRun,
      force: args.force,
      // Not opened before there is something to write: a session's name is made for it.
      record: (events) => spoolEvents(context, openEventLog(context), events),
    };
    const answers = args.interactive ? await answersTo(context, options) : noWish.answers;
    const wanted = { ...options, wish: { ...options.wish, answers } };
    const work = async (): Promise<Outcome> => {
      const report = resolveConflicts(wanted);
      const code = report.files.filter(({ kind, outcome }) => kind === null && outcome === "left");
      if (resolver === null || code.length === 0) return { report, events: [] };
      const paths = new Set(code.map(({ path }) => path));
      return { report, events: await runResolver(context, { repository, workTree, paths, ...resolver }) };
    };
    const writesNothing = args.dryRun || unmergedPaths({ ...options.call, cwd: workTree }, []).length === 0;
    const { report, events } = writesNothing ? await work() : await withResolveLock(repository, work);
    const data = { ...report, resolver: events };
    const done = new Set(events.flatMap(({ outcome, path }) => (outcome === "resolved" ? [path] : [])));
    const isLeft = report.files.some(
      ({ outcome, path }) => outcome === "conflict" || (outcome === "left" && !done.has(path)),
    );
    return { data, text: resolveView(data), exitCode: isLeft ? 1 : 0 };
  },
};

interface Outcome {
  readonly report: ResolveReport;
  readonly events: readonly ResolverEvent[];
}

async function runResolver(
  context: Context,
  {
    repository,
    ...rest
  }: Pick<ResolveCodeOptions, "workTree" | "paths" | "command" | "timeoutMs"> & {
    readonly repository: GitRepository;
  },
): Promise<readonly ResolverEvent[]> {
  return await resolveCode({
    ...rest,
    call: { cwd: rest.workTree, env: context.env },
    gitDir: repository.gitDir,
    commonDir: repository.commonDir,
    hooksDirectory: repository.hooks.directory,
    temporary: tmpdir(),
    nowMs: () => context.now().getTime(),
    record: (event) => spoolEvents(context, openEventLog(context), [event]),
    onStart: (path) => context.note(printable(`got-hooks: the resolver works on ${path}`)),
    signal: context.interruption(),
  });
}

/** Rules that somebody has written and that don't hold are worth a word where rules decide. */
function noteBrokenConfig({ note }: Context, { file, problems: [problem] }: FoundConfig): void {
  if (problem === undefined) return;
  const where = `${file}: ${problem.at === "" ? "" : `${problem.at} `}${problem.reason}`;
  note(printable(`got-hooks: ${where}; the built-in policy decides`));
}

function sideOf(args: ResolveArgs): SideWish | null {
  const [side, other] = (["ours", "theirs", "latest"] as const).filter((name) => args[name]);
  if (other === undefined) return side ?? null;
  throw new GotError("USAGE", `--${side} and --${other} can't both decide`, { hint: "Name one of them." });
}

/** Looks what would be left, and asks about it. @throws GotError USAGE without a terminal. */
async function answersTo(context: Context, options: ResolveOptions): Promise<Wish["answers"]> {
  if (context.openTerminal === undefined) {
    throw new GotError("USAGE", "--interactive needs a terminal", {
      hint: "Decide with --ours, --theirs, --latest or --set.",
    });
  }
  const { files } = resolveConflicts({ ...options, dryRun: true });
  const terminal = context.openTerminal();
  try {
    return await askConflicts(files, terminal, context.note);
  } finally {
    terminal.close();
  }
}

function noResolver(): GotError {
  return new GotError("USAGE", "There is no resolver to run", {
    hint: "Set one with git config got.resolver '<command>'; see docs/resolve.md.",
  });
}

function noWorkTree({ cwd }: Context): GotError {
  return new GotError("NOT_A_REPOSITORY", `${cwd} is not in a work tree, and conflicts are resolved in one`, {
    facts: { cwd },
    hint: "Change into a work tree, or name one with -C <dir>.",
  });
}
