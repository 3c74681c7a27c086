import type { Argv } from "yargs";
import { GotError } from "../base/errors.ts";
import { commandName, type GroupEntry } from "./command.ts";
import { didYouMean } from "./did-you-mean.ts";

/** A command line that yargs refuses. */
interface Failed {
  readonly argv: readonly string[];
  readonly words: readonly string[];
  /** Names of options, without dashes. */
  readonly known: ReadonlySet<string>;
  readonly group: readonly GroupEntry[];
}

/** yargs says what is wrong; what was probably meant is found from the words, not from its message. */
export function usageError(problem: Error, { argv, words, known, group }: Failed): GotError {
  const [command = "", subcommand] = words;
  const names = group.map(({ usage }) => commandName(usage));
  if (group.length > 0 && subcommand !== undefined && !names.includes(subcommand)) {
    return unknownWord(
      "command",
      `${command} ${subcommand}`,
      names.map((name) => `${command} ${name}`),
      command,
    );
  }
  for (const word of argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length)) {
    const option = /^--(?:no-)?([^=]+)/.exec(word)?.[1];
    if (option === undefined || known.has(option)) continue;
    return unknownWord(
      "option",
      `--${option}`,
      [...known].map((one) => `--${one}`),
      command,
    );
  }
  return new GotError("USAGE", problem.message.replaceAll(/\s+/g, " ").trim(), { hint: seeHelp(command) });
}

export function unknownWord(
  what: string,
  word: string,
  candidates: Iterable<string>,
  command: string,
): GotError {
  const meant = didYouMean(word, candidates);
  const hint = meant === null ? seeHelp(command) : `Did you mean ${meant}? ${seeHelp(command)}`;
  return new GotError("USAGE", `Unknown ${what} ${word}`, { hint, facts: { [what]: word, meant } });
}

function seeHelp(command: string): string {
  return `See got-hooks ${command === "" ? "" : `${command} `}--help.`;
}

/** What yargs has on its parsers, but not in its types. */
interface WithOptions {
  readonly getOptions: () => { key: object; alias: Record<string, string[]> };
}

/** The options that a parser knows at this moment. */
export function optionNames(parser: Argv<unknown>): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a public method that @types/yargs leaves out
  const { key, alias } = (parser as unknown as WithOptions).getOptions();
  return [...Object.keys(key), ...Object.values(alias).flat()].filter((name) => name.length > 1);
}
