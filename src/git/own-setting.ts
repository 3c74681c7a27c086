import { type GitRepository, repositoryBase } from "./repository.ts";
import { runGit, tryGit } from "./run-git.ts";

/**
 * The value of a setting, e.g. `got.locks`, in the user's own configuration of git: the repository's local one, else the global one.
 * Included files don't count for the local one: an include may point into the work tree, and a repository must not be able to send
 * its users' programs to a server or weaken what they have asked for. `undefined` when it is not set.
 *
 * @throws GotError GIT_FAILED when a configuration cannot be read.
 */
export function ownSetting(repository: GitRepository, name: string): string | undefined {
  const call = { cwd: repositoryBase(repository), env: repository.env };
  for (const scope of [["--local", "--no-includes"], ["--global"]]) {
    const asked = tryGit(call, ["config", ...scope, "--get", name]);
    // 1: not set, or there is no such file.
    if (asked.status === 0) return asked.stdout.replace(/\n$/, "");
    if (asked.status !== 1) runGit(call, ["config", ...scope, "--get", name]);
  }
  return undefined;
}
