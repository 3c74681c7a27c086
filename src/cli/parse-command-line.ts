import yargs, { type Argv } from "yargs";
import { commandTable } from "./command-table.ts";
import {
  commandName,
  type AnyCommand,
  type CommandEntry,
  type GroupEntry,
  type LoadedCommand,
} from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import { hideLiteralWords } from "./literal-words.ts";
import { optionNames, unknownWord, usageError } from "./usage-error.ts";

export type ParsedCommandLine =
  | {
      readonly kind: "run";
      /** As typed, with the subcommand: `policy check`. */
      readonly name: string;
      readonly command: AnyCommand;
      readonly args: unknown;
      /** The value of `-C`. */
      readonly directory: string | undefined;
    }
  /** Help or a completion: nothing to run. */
  | { readonly kind: "text"; readonly text: string; readonly exitCode: number };

/** Commands with a list of positional arguments or an option that may be given several times. */
const listTakers: ReadonlySet<string> = new Set([
  "lock",
  "entity",
  "task",
  "checklist",
  "decision",
  "note",
  "resolve",
  "preview",
]);

/** Columns of the help: fixed, so that `docs/cli.md` is the same everywhere. */
const helpColumns = 96;

/**
 * Parses a command line. Of the commands only the one in `words` (see {@link readGlobalOptions}) is loaded,
 * or all of them when a shell asks for completions.
 *
 * @throws GotError USAGE with a suggestion for what looks like a slip of the keyboard.
 */
export async function parseCommandLine(
  argv: readonly string[],
  words: readonly string[],
): Promise<ParsedCommandLine> {
  // What stands after `lock run --` is a command of the user's.
  const literal = words[0] === "lock" ? null : hideLiteralWords(argv);
  const completing = argv[0] === "--get-yargs-completions";
  const wanted = words[0] ?? null;
  const names = [...commandTable.map((entry) => commandName(entry.usage)), "completion"];
  if (wanted !== null && !completing && !names.includes(wanted))
    throw unknownWord("command", wanted, names, "");

  let selected: ParsedCommandLine | null = null;
  const select: Select = (name, command, args) => {
    const directory = args["directory"];
    selected = {
      kind: "run",
      name,
      command,
      args: Object.fromEntries(
        Object.entries(args).map(([key, value]) => [key, literal?.putBack(value) ?? value]),
      ),
      directory: typeof directory === "string" ? directory : undefined,
    };
  };
  const parser = rootParser({
    keepsCommand: wanted === "lock" || wanted === "resolve",
    takesLists: wanted !== null && listTakers.has(wanted),
  });
  // yargs forgets a command's options when it has failed: they are noted while it knows them.
  const known = new Set<string>();
  const build: Build = (command, inner) => {
    const built = command.builder(inner);
    for (const name of optionNames(built)) known.add(name);
    return built;
  };
  // yargs goes on parsing after it has printed the script, and would then call the command unknown.
  if (wanted !== "completion") parser.strict();
  let group: readonly GroupEntry[] = [];
  for (const entry of commandTable) {
    const typed = commandName(entry.usage) === wanted;
    const loaded = completing || typed ? await entry.load() : null;
    if (typed && loaded?.kind === "group") group = loaded.entries;
    register(parser, entry, loaded, { select, build });
  }

  let text = "";
  let problem: Error | null | undefined;
  await parser.parse([...(literal?.argv ?? argv)], {}, (error, _args, output) => {
    problem = error;
    text = output;
  });
  if (problem && literal !== null) problem.message = String(literal.putBack(problem.message));
  if (problem)
    throw usageError(problem, { argv, words, known: new Set([...known, ...optionNames(parser)]), group });
  if (selected !== null) return selected;
  if (text !== "") return { kind: "text", text: `${text}\n`, exitCode: exitCodes.done };
  return {
    kind: "text",
    text: completing ? "" : `${await parser.getHelp()}\n`,
    exitCode: completing ? exitCodes.done : exitCodes.usage,
  };
}

type Build = (command: AnyCommand, parser: Argv) => Argv<unknown>;
type Select = (name: string, command: AnyCommand, args: Readonly<Record<string, unknown>>) => void;

/** `keepsCommand`: what stands after `--` is kept apart, as it is: a command of the user's (`lock run`), paths (`resolve`). */
function rootParser({
  keepsCommand,
  takesLists,
}: {
  readonly keepsCommand: boolean;
  readonly takesLists: boolean;
}): Argv {
  return yargs()
    .scriptName("got-hooks")
    .usage(
      "Makes plain git safe for many agents and people in one repository.\n\nUsage: $0 <command> [options]",
    )
    .parserConfiguration({
      "parse-positional-numbers": false,
      "dot-notation": false,
      // Off, a list of positional arguments would keep its last one only.
      "duplicate-arguments-array": takesLists,
      "greedy-arrays": false,
      "strip-aliased": true,
      "populate--": keepsCommand,
    })
    .option("directory", {
      alias: "C",
      type: "string",
      requiresArg: true,
      describe: "Run as if started in this directory",
    })
    .option("json", {
      type: "boolean",
      default: false,
      describe: "Print the result as JSON in a versioned envelope",
    })
    .help("help", "Show this help")
    .version("version", "Show the version", "")
    .completion(
      "completion",
      "Print a script that completes got-hooks' commands and options in bash, zsh or fish",
    )
    .locale("en")
    .wrap(helpColumns)
    .exitProcess(false)
    .epilogue(
      "Exit codes: 0 done, 1 refused or problems found, 2 wrong usage, 70 a fault of got-hooks itself.",
    );
}

function register(
  parser: Argv,
  entry: CommandEntry,
  loaded: LoadedCommand | null,
  on: { select: Select; build: Build },
): void {
  const name = commandName(entry.usage);
  switch (loaded?.kind) {
    case undefined:
      // The name alone: with everybody's arguments the list of commands would be hard to read.
      parser.command(name, entry.summary);
      return;
    case "command":
      parser.command(
        entry.usage,
        entry.summary,
        (inner: Argv) => on.build(loaded.command, inner),
        (args) => on.select(name, loaded.command, args),
      );
      return;
    case "group":
      parser.command(entry.usage, entry.summary, (group: Argv) => {
        for (const { usage, summary, command } of loaded.entries) {
          group.command(
            usage,
            summary,
            (inner: Argv) => on.build(command, inner),
            (args) => on.select(`${name} ${commandName(usage)}`, command, args),
          );
        }
        return group.demandCommand(
          1,
          `Say what to do: ${loaded.entries.map(({ usage }) => commandName(usage)).join(", ")}`,
        );
      });
  }
}
