import { readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { Argv } from "yargs";
import { writeFileAtomic } from "../../base/atomic-write.ts";
import { GotError } from "../../base/errors.ts";
import { mergeFile } from "../../git/merge-file.ts";
import { mergeByKind } from "../../merge/merge-by-kind.ts";
import type { Conflict, Decision, MergeInputs, MergeOptions } from "../../merge/merge-result.ts";
import { type DriverKind, driverKinds } from "../../model/policy.ts";
import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import { readSoundConfig } from "../../workspace/read-config.ts";
import { printable } from "../printable.ts";

interface Args {
  readonly kind: DriverKind;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly output: string | undefined;
  readonly markerSize: number;
  readonly path: string | undefined;
  readonly labelBase: string | undefined;
  readonly labelOurs: string | undefined;
  readonly labelTheirs: string | undefined;
  readonly policy: string | undefined;
  readonly json: boolean;
}

/** Merges three files by hand or for another tool. Exit 0 merged, 1 conflicts with markers in the output, 2 nothing written. */
export const mergeDriverCommand: Command<Args> = {
  failureExitCode: 2,
  builder: (yargs: Argv) =>
    yargs
      .positional("kind", { choices: driverKinds, demandOption: true, describe: "What the files are" })
      .positional("base", {
        type: "string",
        demandOption: true,
        describe: "The common ancestor; /dev/null, '' or an empty file when there is none",
      })
      .positional("ours", { type: "string", demandOption: true, describe: "Our version" })
      .positional("theirs", { type: "string", demandOption: true, describe: "Their version" })
      .option("output", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "Replace this file with the result, in one step; without it the result goes to stdout",
      })
      .option("marker-size", {
        type: "number",
        default: 7,
        requiresArg: true,
        describe: "Length of conflict markers",
      })
      .option("path", {
        type: "string",
        requiresArg: true,
        describe: "Path of the file in the work tree, for the policy's path rules [default: OURS]",
      })
      .option("label-ours", {
        type: "string",
        requiresArg: true,
        describe: "Name of our side at conflict markers [default: OURS]",
      })
      .option("label-theirs", {
        type: "string",
        requiresArg: true,
        describe: "Name of their side [default: THEIRS]",
      })
      .option("label-base", {
        type: "string",
        requiresArg: true,
        describe: "Name of the base [default: BASE]",
      })
      .option("policy", {
        type: "string",
        requiresArg: true,
        describe: "Merge policy [default: .got/config.json from here upward, over the built-in policy]",
      })
      .example("$0 merge-driver entity base.json ours.json theirs.json", "print the merged document")
      .example(
        "$0 merge-driver log /dev/null a.jsonl b.jsonl --output all.jsonl",
        "join two logs that began apart",
      )
      .epilogue(
        "Exit codes: 0 merged, 1 conflicts with markers in the output, 2 wrong usage or unreadable input, with nothing written.",
      ),
  run: async (context, args) => {
    if (args.json && args.output === undefined) {
      throw new GotError("USAGE", "--json leaves no place for the result on stdout", {
        hint: "Name a file with --output.",
      });
    }
    const output = args.output === undefined ? undefined : outputFile(context, args.output);
    const options = mergeOptions(context, args);
    const inputs = readInputs(context, args);
    const result = merge(context, args.kind, inputs, options);
    for (const { at, reason } of result.conflicts)
      context.note(printable(`got-hooks: ${options.path}: conflict at ${at}: ${reason}`));
    if (output !== undefined)
      writeFileAtomic(output.file, result.chunks, output.mode === undefined ? {} : { mode: output.mode });
    const { chunks, ...data } = result;
    return {
      data: { ...data, path: options.path, output: output?.file ?? null },
      text: "",
      ...(output === undefined ? { bytes: chunks } : {}),
      exitCode: result.kind === "merged" ? 0 : 1,
    };
  },
};

interface Merged {
  readonly kind: "merged" | "conflict";
  /** `text` when the driver did not understand the files and they were merged line by line. */
  readonly by: DriverKind | "text";
  readonly chunks: readonly Uint8Array[];
  readonly decisions: readonly Decision[];
  readonly conflicts: readonly Conflict[];
}

function merge(context: Context, kind: DriverKind, inputs: MergeInputs, options: MergeOptions): Merged {
  const result = mergeByKind(kind, inputs, options);
  if (result.kind === "merged") return { ...result, by: kind, conflicts: [] };
  if (result.kind === "conflict") return { ...result, by: kind };
  context.note(printable(`got-hooks: ${options.path}: ${result.reason}; merging as text`));
  const text = mergeFile(inputs, options, context.env);
  if (text.kind === "refused") {
    throw new GotError(
      "UNREADABLE_INPUT",
      `${options.path} can't be merged: ${result.reason}, nor as text: ${text.reason}`,
      {
        facts: { path: options.path, kind },
        hint: "Choose one side.",
      },
    );
  }
  const conflicts =
    text.kind === "merged" ? [] : [{ at: "text", reason: "both sides changed the same lines" }];
  return { kind: text.kind, by: "text", chunks: [text.bytes], decisions: [], conflicts };
}

function mergeOptions(context: Context, args: Args): MergeOptions {
  const { markerSize } = args;
  if (!Number.isInteger(markerSize) || markerSize < 1 || markerSize > 1000) {
    throw new GotError("USAGE", "--marker-size must be a whole number from 1 to 1000", {
      facts: { option: "--marker-size" },
    });
  }
  const { file, config } = readSoundConfig(context.cwd, args.policy);
  // A configuration stands in the `.got` folder at the top of the work tree; path rules are relative to that.
  const top = args.policy === undefined && file !== null ? path.dirname(path.dirname(file)) : context.cwd;
  const named = args.path ?? path.relative(top, path.resolve(context.cwd, args.output ?? args.ours));
  return {
    path: named.startsWith("..") ? (args.output ?? args.ours) : named,
    policy: config.policy,
    markerSize,
    labels: {
      base: label("--label-base", args.labelBase ?? args.base),
      ours: label("--label-ours", args.labelOurs ?? args.ours),
      theirs: label("--label-theirs", args.labelTheirs ?? args.theirs),
    },
  };
}

/** A line break in a label would forge lines of the merged file. */
function label(option: string, text: string): string {
  if (!/[\n\r\0]/.test(text)) return text;
  throw new GotError("USAGE", `${option} must be on one line`, { facts: { option } });
}

function readInputs(context: Context, args: Args): MergeInputs {
  const base = args.base === "" ? new Uint8Array() : readInput(context, args.base);
  return {
    base: base.length === 0 ? null : base,
    ours: readInput(context, args.ours),
    theirs: readInput(context, args.theirs),
  };
}

function readInput(context: Context, name: string): Uint8Array {
  const file = path.resolve(context.cwd, name);
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new GotError("UNREADABLE_INPUT", `Could not read ${name}`, {
      facts: { file },
      hint: "Nothing was written.",
      cause,
    });
  }
}

/** Where the result goes: what a link points at, with the permissions that are there. */
function outputFile(context: Context, name: string): { file: string; mode?: number } {
  const file = path.resolve(context.cwd, name);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { file };
  if (!found.isFile()) {
    throw new GotError("USAGE", `--output ${name} is not a regular file`, {
      facts: { file },
      hint: "Leave it out to print the result.",
    });
  }
  return { file: realpathSync(file), mode: found.mode & 0o7777 };
}
