import type { Argv } from "yargs";
import type { Context } from "./context.ts";

/**
 * One command: a lazily loaded file in `commands/`, named as it is typed. It returns data; the view makes text of it,
 * `--json` prints it in a versioned envelope `{ "version": 1, "command": …, "data": … }`.
 */
export interface Command<Args> {
  readonly builder: (yargs: Argv) => Argv<Args>;
  readonly run: (context: Context, args: Args) => Promise<Outcome>;
}

export interface Outcome {
  /** JSON-serialisable result. */
  readonly data: unknown;
  /** The same for people; the empty string prints nothing. */
  readonly text: string;
  /** 0 done, 1 refused or problems found; default 0. Commands that run others pass theirs on. */
  readonly exitCode?: number;
}
