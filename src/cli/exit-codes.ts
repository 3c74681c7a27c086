import type { GotError } from "../base/errors.ts";

/** What a shell sees of a command. */
export const exitCodes = {
  done: 0,
  /** Refused, or problems found. */
  refused: 1,
  /** The command line, or a file that it names, can't be used. */
  usage: 2,
  /** `lock run`: not granted in time, nothing was run; trying again may help (`EX_TEMPFAIL`). */
  notGranted: 75,
  /** A fault of got-hooks itself (`EX_SOFTWARE`). */
  internal: 70,
} as const;

/** The exit code for an error that no command has claimed with `failureExitCode`. */
export function exitCodeOf(error: GotError): number {
  if (error.code === "INTERNAL") return exitCodes.internal;
  return error.code === "USAGE" || error.code === "UNREADABLE_INPUT" ? exitCodes.usage : exitCodes.refused;
}
