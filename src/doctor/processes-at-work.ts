import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import path from "node:path";
import { platform } from "node:process";

/** Processes that may be at work on a file of git's. */
export type ProcessesAtWork =
  | { readonly kind: "none" }
  | { readonly kind: "some"; readonly pids: readonly number[] }
  /** This system does not tell. */
  | { readonly kind: "unknown" };

/**
 * Looks through `/proc` for who may hold `file`, a lock of git's in a repository that stands in `directories`: whoever has it
 * open, and every git that works in the repository, or might (it names it, or belongs to another user). Whether a git that has closed its
 * lock file is its holder can't be told, so each counts. Not seen: other machines, other containers, and programs
 * with a git of their own (libgit2, JGit) that have closed the file.
 */
export function processesAtWork(file: string, directories: readonly string[]): ProcessesAtWork {
  if (platform !== "linux") return { kind: "unknown" };
  // As the kernel names them, whatever symbolic links led here.
  const real = path.join(realName(path.dirname(file)), path.basename(file));
  const places = [...new Set([...directories, ...directories.map(realName)])];
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => hasOpen(pid, real) || isGitAt(pid, places));
  return pids.length === 0 ? { kind: "none" } : { kind: "some", pids };
}

function hasOpen(pid: number, file: string): boolean {
  const directory = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(directory), []).some(
    (name) => attempt(() => readlinkSync(path.join(directory, name)), "") === file,
  );
}

function isGitAt(pid: number, directories: readonly string[]): boolean {
  const name = attempt(() => readFileSync(`/proc/${pid}/comm`, "utf8"), "");
  if (!name.startsWith("git")) return false;
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    const said = readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "utf8");
    // `--git-dir=../here/.git`, `GIT_DIR=here/.git`: what is said may be relative.
    const meant = said.split("\0").map((word) => path.resolve(cwd, word.slice(word.indexOf("=") + 1)));
    return directories.some(
      (directory) =>
        said.includes(directory) ||
        [cwd, ...meant].some((place) => place === directory || place.startsWith(directory + path.sep)),
    );
  } catch (error) {
    // Another user's process: it might be at work here. One that has just ended is not.
    return error instanceof Error && "code" in error && error.code === "EACCES";
  }
}

function realName(directory: string): string {
  return attempt(() => realpathSync(directory), directory);
}

function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
