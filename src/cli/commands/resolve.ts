import { tmpdir } from "node:os";
import type { Argv } from "yargs";
import { GotError } from "../../base/errors.ts";
import { openRepository } from "../../git/repository.ts";
import { ownSetting } from "../../git/own-setting.ts";
import { resolveCode, resolverTimeoutMs } from "../../resolve/resolve-code.ts";
import { resolveConflicts, type ResolveOptions } from "../../resolve/resolve.ts";
import { noWish, parseGiven, type SideWish, type Wish } from "../../resolve/wish.ts";
import { askConflicts } from "../ask-conflicts.ts";
import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import { findResolver } from "../find-resolver.ts";
import { openEventLog } from "../open-event-log.ts";
import { printable } from "../printable.ts";
import { readConfig } from "../../workspace/read-config.ts";
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
    const resolver = wantsResolver ? findResolver(context, repository, found) : null;
    if (args.resolver === true && wantsResolver && resolver === null) throw noResolver();
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
    const report = resolveConflicts({ ...options, wish: { ...options.wish, answers } });
    const code = report.files.filter(({ kind, outcome }) => kind === null && outcome === "left");
    const events =
      resolver === null || code.length === 0
        ? []
        : await resolveCode({
            call: { cwd: workTree, env: context.env },
            workTree,
            gitDir: repository.gitDir,
            commonDir: repository.commonDir,
            hooksDirectory: repository.hooks.directory,
            paths: new Set(code.map(({ path }) => path)),
            command: resolver,
            timeoutMs: resolverTimeoutMs(ownSetting(repository, "got.resolverTimeout")),
            temporary: tmpdir(),
            nowMs: () => context.now().getTime(),
            record: (event) => spoolEvents(context, openEventLog(context), [event]),
            onStart: (path) => context.note(printable(`got-hooks: the resolver works on ${path}`)),
          });
    const data = { ...report, resolver: events };
    const done = new Set(events.flatMap(({ outcome, path }) => (outcome === "resolved" ? [path] : [])));
    const isLeft = report.files.some(
      ({ outcome, path }) => outcome === "conflict" || (outcome === "left" && !done.has(path)),
    );
    return { data, text: resolveView(data), exitCode: isLeft ? 1 : 0 };
  },
};

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
