import type { Argv } from "yargs";
import type { Context } from "./context.ts";

/**
 * One command: a lazily loaded file in `commands/`, named as it is typed. It returns data; the view makes text of it,
 * `--json` prints it in a versioned envelope `{ "version": 1, "command": …, "data": … }`.
 */
export interface Command<Args> {
  readonly builder: (yargs: Argv) => Argv<Declared<Args>>;
  readonly run: (context: Context, args: Args) => Promise<Outcome>;
  /** The exit code when `run` throws a GotError; without it the error's code decides (see `exit-codes.ts`). */
  readonly failureExitCode?: number;
}

export interface Outcome {
  /** JSON-serialisable result. */
  readonly data: unknown;
  /** The same for people; the empty string prints nothing. */
  readonly text: string;
  /** Printed to stdout byte for byte in place of `text`, for results that are themselves a file. */
  readonly bytes?: readonly Uint8Array[];
  /**
   * Printed to stdout as it comes, in place of all of these and with `--json` too, for results that are too long to hold or have
   * no end. Who reads them may go away: then the rest is not asked for.
   */
  readonly stream?: AsyncIterable<string>;
  /** 0 done, 1 refused or problems found; default 0. Commands that run others pass theirs on. */
  readonly exitCode?: number;
}

/**
 * What the builder has to declare for `run` to get `Args`: options in kebab case (yargs gives `--dry-run` as `dryRun`),
 * without those that every command has.
 */
type Declared<Args> = {
  [Name in keyof Omit<Args, GlobalOption> as Name extends string ? KebabCase<Name> : never]: Args[Name];
};
type GlobalOption = "json" | "directory";
type KebabCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? Rest extends Uncapitalize<Rest>
    ? `${Lowercase<First>}${KebabCase<Rest>}`
    : `${Lowercase<First>}-${KebabCase<Rest>}`
  : Name;

/** A command whose argument type has been forgotten, so that commands of all kinds stand in one table. */
export interface AnyCommand {
  readonly builder: (yargs: Argv) => Argv<unknown>;
  readonly run: (context: Context, args: unknown) => Promise<Outcome>;
  readonly failureExitCode?: number;
}

/** A line of the table of commands; what stands here is all that `--help` needs. */
export interface CommandEntry {
  /** The name, then its positional arguments as yargs writes them: `merge-driver <kind> <base> <ours> <theirs>`. */
  readonly usage: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What to load when this command is asked for: itself, or the commands below it. */
  readonly load: () => Promise<LoadedCommand>;
}

export type LoadedCommand =
  | { readonly kind: "command"; readonly command: AnyCommand }
  | { readonly kind: "group"; readonly entries: readonly GroupEntry[] };

export interface GroupEntry {
  readonly usage: string;
  readonly summary: string;
  readonly command: AnyCommand;
}

/** Forgets a command's argument type. Sound, because `run` is only ever given what `builder` has parsed. */
export function anyCommand<Args>(command: Command<Args>): AnyCommand {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by this very command's builder
  return { ...command, run: (context, args) => command.run(context, args as Args) };
}

/** The name at the start of a usage text. */
export function commandName(usage: string): string {
  return usage.split(" ", 1)[0] ?? usage;
}
