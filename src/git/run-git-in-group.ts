import { spawn } from "node:child_process";
import { once } from "node:events";
import { kill } from "node:process";
import { GotError } from "../base/errors.ts";
import { gitEnvironment } from "./git-environment.ts";
import type { GitCall } from "./run-git.ts";

/** How long a group that was told to end has for it, in milliseconds, before it is killed. */
const graceMs = 2_000;
const stderrLength = 10_000;

export interface GroupOptions {
  readonly timeoutMs: number;
  /** Ends git and all that it has started. */
  readonly signal: AbortSignal;
}

/**
 * Runs git, and the hooks and whatever they start, in a process group of their own: when time is up, or at the signal, all of them are
 * ended, also a hook that hangs and would outlive its git. What git prints on standard output is dropped.
 *
 * @throws GotError GIT_FAILED when it exits with another status than 0, could not be started, or was ended.
 */
export async function runGitInGroup(
  call: Pick<GitCall, "cwd" | "env">,
  args: readonly string[],
  { timeoutMs, signal }: GroupOptions,
): Promise<void> {
  const command = `git ${args.join(" ")}`;
  const failure = (reason: string, facts: Readonly<Record<string, string>> = {}, cause?: unknown): GotError =>
    new GotError("GIT_FAILED", `${command} ${reason}`, {
      facts: { command, cwd: call.cwd, ...facts },
      cause,
    });
  if (signal.aborted) throw failure("was not begun: interrupted");
  const child = spawn("git", [...args], {
    cwd: call.cwd,
    env: gitEnvironment(call.env),
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(0, stderrLength)));
  let ended: string | null = null;
  let grace: NodeJS.Timeout | undefined;
  const end = (reason: string): void => {
    ended ??= reason;
    signalGroup(child.pid, "SIGTERM");
    grace ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMs);
  };
  const interrupt = (): void => end("was interrupted");
  const timer = setTimeout(() => end(`was ended: it took longer than ${timeoutMs / 1000} s`), timeoutMs);
  signal.addEventListener("abort", interrupt);
  try {
    // `close` also waits for whoever has inherited standard error: a hook that git did not wait for.
    await once(child, "close");
  } catch (cause) {
    throw failure("could not be started", {}, cause);
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    signal.removeEventListener("abort", interrupt);
    // Who has closed standard error and stayed.
    if (ended !== null) signalGroup(child.pid, "SIGKILL");
  }
  if (ended !== null) throw failure(ended);
  if (child.exitCode !== 0)
    throw failure(
      child.exitCode === null ? `was ended by ${child.signalCode}` : `failed with status ${child.exitCode}`,
      { stderr: stderr.trim() },
    );
}

function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    kill(-group, signal);
  } catch {
    // All of them have ended.
  }
}
