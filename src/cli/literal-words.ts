/**
 * Words after `--` are arguments whatever they begin with: `task create -- "--force is ignored"`. yargs takes no positional
 * argument from there, so each is handed to it under a name that is no option, and put back into what it gives.
 */
export interface LiteralWords {
  readonly argv: readonly string[];
  readonly putBack: (value: unknown) => unknown;
}

// No argument of a process can hold a NUL.
const mark = "\u0000";

export function hideLiteralWords(argv: readonly string[]): LiteralWords {
  const at = argv.indexOf("--");
  if (at === -1) return { argv, putBack: (value) => value };
  const literal = argv.slice(at + 1);
  const original = (text: string): string =>
    text.replaceAll(marked, (_, index: string) => literal[Number(index)] ?? "");
  const putBack = (value: unknown): unknown => {
    if (typeof value === "string") return original(value);
    return Array.isArray(value) ? value.map(putBack) : value;
  };
  const hidden = literal.map((_, index) => `${mark}${index}${mark}`);
  return { argv: [...argv.slice(0, at), ...hidden], putBack };
}

// oxlint-disable-next-line no-control-regex -- the mark is one
const marked = /\u0000(\d+)\u0000/g;
