import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { GotError } from "../base/errors.ts";
import type { Context } from "./context.ts";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command with our own streams to its end and returns its exit code, 128 + n when signal n ended it. Signals that would end us are
 * handed on, so that the command decides and we can clean up after it; `stop` ends it with SIGTERM.
 *
 * @throws GotError USAGE when it cannot be started.
 */
export async function runChild(
  context: Context,
  [command = "", ...args]: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly stop: AbortSignal },
): Promise<number> {
  const child = spawn(command, args, {
    cwd: context.cwd,
    env: { ...context.env, ...options.env },
    stdio: "inherit",
  });
  const handOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  const stop = (): void => void child.kill("SIGTERM");
  for (const signal of forwarded) process.on(signal, handOn);
  options.stop.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (cause) => {
        reject(new GotError("USAGE", `${command} could not be started`, { facts: { command }, cause }));
      });
      child.once("exit", (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    for (const signal of forwarded) process.off(signal, handOn);
    options.stop.removeEventListener("abort", stop);
  }
}
