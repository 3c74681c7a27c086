import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { refuseLink } from "../log/list-inputs.ts";
import { type Config, defaultConfig, parseConfig } from "../model/config.ts";
import type { ConfigProblem } from "../model/config-sections.ts";

/** A configuration file as found; `file` is null where there is none and the built-in policy stands alone. */
export interface FoundConfig {
  readonly file: string | null;
  readonly config: Config;
  /** Empty when the file is sound; else `config` is the default. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads `named`, or else the `.got/config.json` that holds for `cwd` (see {@link findConfig}).
 *
 * @throws GotError UNREADABLE_INPUT when a file is there (or was named) and can't be read; LIMIT_EXCEEDED when it is too large.
 */
export function readConfig(cwd: string, named?: string): FoundConfig {
  const file = named === undefined ? findConfig(cwd) : path.resolve(cwd, named);
  if (file === null) return { file, config: defaultConfig, problems: [] };
  // Nothing in a repository leads us out of it; a file that somebody names is his own choice.
  if (named === undefined) for (const part of [path.dirname(file), file]) refuseLink(part);
  const parsed = parseConfig(readLimited(file));
  return parsed.kind === "parsed"
    ? { file, config: parsed.config, problems: [] }
    : { file, config: defaultConfig, problems: parsed.problems };
}

/** The same, for those who can't go on with a broken file. @throws GotError INVALID_CONFIG that names the first problem. */
export function readSoundConfig(cwd: string, named?: string): FoundConfig {
  const found = readConfig(cwd, named);
  const [first, ...others] = found.problems;
  if (first === undefined) return found;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  throw new GotError("INVALID_CONFIG", `${found.file}: ${first.at} ${first.reason}${more}`, {
    facts: { file: found.file, at: first.at, reason: first.reason },
    hint: `See all problems with got-hooks policy check ${found.file}`,
  });
}

/** `.got/config.json` in `cwd` or the nearest folder above it, never above the top of a repository. */
export function findConfig(cwd: string): string | null {
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const file = path.join(folder, ".got", "config.json");
    if (existsSync(file)) return file;
    if (existsSync(path.join(folder, ".git")) || path.dirname(folder) === folder) return null;
  }
}

function readLimited(file: string): string {
  try {
    // Opening a FIFO would wait for somebody to write into it.
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(descriptor);
      if (stat.isFIFO()) {
        throw new GotError("UNREADABLE_INPUT", `${file} is a FIFO; a configuration is a file`, {
          facts: { file },
        });
      }
      const { size } = stat;
      if (size > limits.configBytes) {
        throw new GotError(
          "LIMIT_EXCEEDED",
          `${file} has ${size} bytes; a configuration may have ${limits.configBytes}`,
          {
            facts: { file, sizeBytes: size, limitBytes: limits.configBytes },
          },
        );
      }
      return readFileSync(descriptor, "utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (cause instanceof GotError) throw cause;
    throw new GotError("UNREADABLE_INPUT", `Could not read ${file}`, { facts: { file }, cause });
  }
}
