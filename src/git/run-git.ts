import { spawnSync } from "node:child_process";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { gitEnvironment, type Environment } from "./git-environment.ts";

/** Where and with what environment git runs. */
export interface GitCall {
  readonly cwd: string;
  /** The caller's environment; variables that point at another repository are dropped. */
  readonly env: Environment;
  /** What git reads from standard input; default nothing. */
  readonly input?: string | Uint8Array;
}

/** How a git process ended by itself. */
export interface GitResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The same with what git printed as bytes: names of files need not be UTF-8, and contents are not text. */
export interface GitBytes extends Omit<GitResult, "stdout"> {
  readonly stdout: Buffer;
}

/**
 * Runs git to its end, without a shell, and returns how it ended; a non-zero status is a result, not an error.
 *
 * @throws GotError GIT_FAILED when git could not be started, was killed, or printed more than `limits.gitOutputBytes`.
 */
export function tryGit(call: GitCall, args: readonly string[]): GitResult {
  const done = tryGitBytes(call, args);
  return { ...done, stdout: done.stdout.toString("utf8") };
}

/** `tryGit` for output that is not text. */
export function tryGitBytes(call: GitCall, args: readonly string[]): GitBytes {
  const done = spawnSync("git", [...args], {
    cwd: call.cwd,
    env: gitEnvironment(call.env),
    input: call.input ?? "",
    maxBuffer: limits.gitOutputBytes,
  });
  if (done.error !== undefined || done.status === null)
    throw couldNotRun(call, args, done.error, done.signal);
  return { status: done.status, stdout: done.stdout, stderr: done.stderr.toString("utf8") };
}

/**
 * Runs git and returns its standard output.
 *
 * @throws GotError GIT_FAILED with the command and the first line that git said, when it exits with another status than 0.
 */
export function runGit(call: GitCall, args: readonly string[]): string {
  return runGitBytes(call, args).toString("utf8");
}

/** `runGit` for output that is not text. */
export function runGitBytes(call: GitCall, args: readonly string[]): Buffer {
  const done = tryGitBytes(call, args);
  if (done.status === 0) return done.stdout;
  const said = done.stderr.trim().split("\n")[0] ?? "";
  throw new GotError(
    "GIT_FAILED",
    `git ${args.join(" ")} failed with status ${done.status}${said === "" ? "" : `: ${said}`}`,
    {
      facts: {
        command: `git ${args.join(" ")}`,
        cwd: call.cwd,
        status: done.status,
        stderr: done.stderr.trim(),
      },
    },
  );
}

function couldNotRun(
  call: GitCall,
  args: readonly string[],
  cause: unknown,
  signal: NodeJS.Signals | null,
): GotError {
  const command = `git ${args.join(" ")}`;
  const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  const reason = signal === null ? "could not be started" : `was ended by ${signal}`;
  return new GotError("GIT_FAILED", `${command} ${reason}`, {
    facts: { command, cwd: call.cwd },
    ...(missing ? { hint: `Check that git is on PATH and that ${call.cwd} exists.` } : {}),
    cause,
  });
}
