import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import type { Outcome } from "./command.ts";
import type { Context } from "./context.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { readGlobalOptions } from "./global-options.ts";
import { errorEnvelope, errorLine, errorStack, toGotError } from "./print-error.ts";
import { wantsColor } from "./wants-color.ts";

/**
 * Runs one command line to its end and returns the exit code. Results go to stdout, trouble is one line on stderr;
 * with `--json` both are an envelope on stdout as well.
 */
export async function runCli(
  argv: readonly string[],
  context: Context,
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
): Promise<number> {
  const { json, words, version } = readGlobalOptions(argv);
  let failureExitCode: number | undefined;
  try {
    if (version) {
      await write(stdout, [`${packageVersion(context)}\n`]);
      return exitCodes.done;
    }
    const { parseCommandLine } = await import("./parse-command-line.ts");
    const parsed = await parseCommandLine(argv, words);
    if (parsed.kind === "text") {
      await write(parsed.exitCode === exitCodes.done ? stdout : stderr, [parsed.text]);
      return parsed.exitCode;
    }
    ({ failureExitCode } = parsed.command);
    const outcome = await parsed.command.run(inDirectory(context, parsed.directory), parsed.args);
    await write(stdout, outcome.stream ?? rendered(outcome, parsed.name, json));
    return outcome.exitCode ?? exitCodes.done;
  } catch (thrown) {
    const error = toGotError(thrown);
    if (context.env["GOT_DEBUG"] === "1") await write(stderr, [errorStack(error)]);
    await write(stderr, [errorLine(error, { color: wantsColor(context.env, stderr) })]);
    if (json) await write(stdout, [errorEnvelope(error, words[0] ?? null)]);
    return error.code === "INTERNAL" ? exitCodes.internal : (failureExitCode ?? exitCodeOf(error));
  }
}

function rendered(outcome: Outcome, command: string, json: boolean): readonly (string | Uint8Array)[] {
  if (json) return [`${JSON.stringify({ version: 1, command, data: outcome.data })}\n`];
  if (outcome.bytes !== undefined) return outcome.bytes;
  if (outcome.text === "") return [];
  return [outcome.text.endsWith("\n") ? outcome.text : `${outcome.text}\n`];
}

function packageVersion(context: Context): string {
  const text = readFileSync(path.join(context.packageRoot, "package.json"), "utf8");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own package.json, which npm requires to have a version
  return (JSON.parse(text) as { version: string }).version;
}

/** @throws GotError USAGE when there is no such directory: what git would say of it names git, not the option. */
function inDirectory(context: Context, directory: string | undefined): Context {
  if (directory === undefined) return context;
  const cwd = path.resolve(context.cwd, directory);
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() === true) return { ...context, cwd };
  throw new GotError("USAGE", `-C ${directory} is not a directory`, { facts: { directory: cwd } });
}

/** Waits until everything is written; a reader that has gone away is written to no longer. */
async function write(
  stream: NodeJS.WritableStream,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string>,
): Promise<void> {
  for await (const chunk of chunks) {
    // One after the other: a result of hundreds of megabytes must not be queued twice in memory.
    const isGone = await new Promise<boolean>((resolve, reject) => {
      stream.write(chunk, (cause?: NodeJS.ErrnoException | null) => {
        if (!cause) resolve(false);
        else if (cause.code === "EPIPE") resolve(true);
        else reject(new GotError("WRITE_FAILED", "Could not write the output", { cause }));
      });
    });
    if (isGone) return;
  }
}
