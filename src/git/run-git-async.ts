import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { gitEnvironment } from "./git-environment.ts";
import type { GitCall, GitResult } from "./run-git.ts";

/**
 * `tryGit` without waiting: several may run at once.
 *
 * @throws GotError GIT_FAILED when git could not be started, was killed, or printed more than `limits.gitOutputBytes`.
 */
export async function tryGitAsync(call: GitCall, args: readonly string[]): Promise<GitResult> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const end = await follow(call, args, (stdout) => {
    stdout.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= limits.gitOutputBytes) chunks.push(chunk);
    });
  });
  if (sizeBytes > limits.gitOutputBytes) throw failure(call, args, `printed ${sizeBytes} bytes`);
  return { ...end, stdout: Buffer.concat(chunks).toString("utf8") };
}

/**
 * The lines that git prints, as they come; for output of any length.
 *
 * @throws GotError GIT_FAILED when it ends with another status than 0.
 */
export async function* gitLines(call: GitCall, args: readonly string[]): AsyncGenerator<string> {
  const child = start(call, args);
  child.stdin.end();
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(0, stderrLength)));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", (cause) => reject(failure(call, args, "could not be started", cause)));
    child.on("close", resolve);
  });
  // Reported where it is awaited.
  ended.catch(() => undefined);
  let isDone = false;
  try {
    yield* createInterface({ input: child.stdout });
    isDone = true;
  } finally {
    if (!isDone) child.kill();
  }
  const status = await ended;
  if (status !== 0)
    throw failure(call, args, `failed with status ${status}: ${stderr.trim().split("\n")[0] ?? ""}`);
}

const stderrLength = 10_000;

function start(call: GitCall, args: readonly string[]) {
  return spawn("git", [...args], {
    cwd: call.cwd,
    env: gitEnvironment(call.env),
    stdio: ["pipe", "pipe", "pipe"],
  });
}

function follow(
  call: GitCall,
  args: readonly string[],
  read: (stdout: NodeJS.ReadableStream) => void,
): Promise<{ status: number; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = start(call, args);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(0, stderrLength)));
    child.on("error", (cause) => reject(failure(call, args, "could not be started", cause)));
    child.on("close", (status, signal) => {
      if (status === null) reject(failure(call, args, `was ended by ${signal}`));
      else resolve({ status, stderr });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(call.input ?? "");
    read(child.stdout);
  });
}

function failure(call: GitCall, args: readonly string[], reason: string, cause?: unknown): GotError {
  const command = `git ${args.join(" ")}`;
  return new GotError("GIT_FAILED", `${command} ${reason}`, { facts: { command, cwd: call.cwd }, cause });
}
