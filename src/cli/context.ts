import path from "node:path";
import { fileURLToPath } from "node:url";
import { openTerminal, type Terminal } from "./terminal.ts";
import { wantsColor } from "./wants-color.ts";

/** What the outside world looks like to a command; the only place below `main.ts` that reads it. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Writes commentary (progress, warnings) to stderr, a line at a time. */
  readonly note: (line: string) => void;
  /** Writes a line of a result that has no end (`lock watch`) to stdout; all other results are returned. */
  readonly print: (line: string) => void;
  /** Whether results on stdout are to be coloured: it is a terminal, and nothing speaks against it. */
  readonly color: boolean;
  /** For commands that end when they are told to: aborts at SIGINT, SIGTERM or SIGHUP, which from then on don't end the process. */
  readonly interruption: () => AbortSignal;
  /** Opens the terminal to ask whoever sits at it; undefined where nobody does. */
  readonly openTerminal?: (() => Terminal) | undefined;
  /** The package's own folder: where `dist/`, `hooks/` and `drivers/` stand. */
  readonly packageRoot: string;
  readonly nodePath: string;
}

export function createContext(): Context {
  return {
    cwd: process.cwd(),
    env: process.env,
    now: () => new Date(),
    note: (line) => process.stderr.write(`${line}\n`),
    print: (line) => process.stdout.write(`${line}\n`),
    color: wantsColor(process.env, process.stdout),
    interruption: () => {
      const controller = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
        process.once(signal, () => controller.abort());
      return controller.signal;
    },
    openTerminal: process.stdin.isTTY && process.stderr.isTTY ? openTerminal : undefined,
    packageRoot: path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", ".."),
    nodePath: process.execPath,
  };
}
