import type { Argv } from "yargs";
import { ruleFor, wholeSettings } from "../../model/rule-for.ts";
import { anyCommand, type Command, type GroupEntry } from "../command.ts";
import { readConfig, readSoundConfig } from "../../workspace/read-config.ts";
import { checkView, explainView } from "../views/policy.ts";

interface CheckArgs {
  readonly file: string | undefined;
}

interface ExplainArgs {
  readonly type: string;
  readonly field: string;
  readonly policy: string | undefined;
}

/** Says whether a configuration is sound; exit 1 with every problem when it is not. */
export const check: Command<CheckArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("file", {
        type: "string",
        describe: "The configuration; without it the .got/config.json from here upward",
      })
      .example("$0 policy check", "check the configuration of this repository")
      .example("$0 policy check draft.json --json", "check any file, for a program"),
  run: async (context, args) => {
    const { file, config, problems } = readConfig(context.cwd, args.file);
    const data = {
      file,
      problems,
      types: [...config.policy.types.keys()],
      paths: config.policy.paths.length,
    };
    return { data, text: checkView(data), exitCode: problems.length === 0 ? 0 : 1 };
  },
};

/** Says which rule decides a field that both sides changed, and where it comes from. */
export const explain: Command<ExplainArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("type", {
        type: "string",
        demandOption: true,
        describe: "An entity's type; * for any other",
      })
      .positional("field", {
        type: "string",
        demandOption: true,
        describe: "The field; nested ones with dots",
      })
      .option("policy", {
        type: "string",
        requiresArg: true,
        describe: "A configuration other than the .got/config.json from here upward",
      })
      .example("$0 policy explain task status", "what happens when two branches both change a task's status"),
  run: async (context, args) => {
    const { file, config } = readSoundConfig(context.cwd, args.policy);
    const { type, field } = args;
    const data = {
      type,
      field,
      file,
      found: ruleFor(config.policy, type, field),
      whole: wholeSettings(config.policy, type),
    };
    return { data, text: explainView(data) };
  },
};

export const entries: readonly GroupEntry[] = [
  {
    usage: "check [file]",
    summary: "Check a configuration and list every problem",
    command: anyCommand(check),
  },
  {
    usage: "explain <type> <field>",
    summary: "Say which rule decides a field, and why",
    command: anyCommand(explain),
  },
];
