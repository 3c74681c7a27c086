import path from "node:path";
import { Writable } from "node:stream";
import type { Context } from "../../src/cli/context.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { testEnvironment } from "./sandbox.ts";

export interface CliRun {
  readonly status: number;
  /** As bytes, because a merged file need not be text. */
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with streams that collect; `note` goes to stderr as in the real context. */
export async function cli(
  cwd: string,
  argv: readonly string[],
  environment: Record<string, string> = {},
): Promise<CliRun> {
  const stdout = new Collector();
  const stderr = new Collector();
  const context: Context = {
    cwd,
    env: testEnvironment(cwd, environment),
    now: () => new Date(0),
    note: (line) => stderr.write(`${line}\n`),
    print: (line) => stdout.write(`${line}\n`),
    color: false,
    interruption: () => new AbortController().signal,
    packageRoot: path.resolve(import.meta.dirname, "..", ".."),
    nodePath: process.execPath,
  };
  const status = await runCli(argv, context, stdout, stderr);
  return {
    status,
    bytes: stdout.bytes(),
    stdout: stdout.bytes().toString(),
    stderr: stderr.bytes().toString(),
  };
}

class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
