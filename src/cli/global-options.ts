/** What every command understands, as far as it is needed before yargs is loaded. */
export interface GlobalOptions {
  readonly json: boolean;
  /** The words that are no options; the first is the command, the second may be its subcommand. */
  readonly words: readonly string[];
  /** Answered without loading anything. */
  readonly version: boolean;
}

/** Options before the command that take the next word as their value. */
const takesValue = new Set(["-C", "--directory"]);

/** Reads the global options as far as the word `--`. */
export function readGlobalOptions(argv: readonly string[]): GlobalOptions {
  let json = false;
  let version = false;
  const words: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--") break;
    if (takesValue.has(word)) index++;
    else if (word === "--json") json = true;
    else if (word === "--no-json" || word === "--json=false") json = false;
    else if (word === "--version") version = true;
    else if (!word.startsWith("-")) words.push(word);
  }
  return { json, words, version };
}
