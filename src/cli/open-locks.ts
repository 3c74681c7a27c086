import { hostname, userInfo } from "node:os";
import path from "node:path";
import { pid } from "node:process";
import { type GitRepository, gotDirectory, openRepository } from "../git/repository.ts";
import { createLocks } from "../lock/create-locks.ts";
import type { HolderName, Locks } from "../lock/lock.ts";
import { ownSetting } from "../git/own-setting.ts";
import { openContentionLog } from "../lock/metrics/contention-log.ts";
import { openBackend } from "../lock/open-backend.ts";
import type { Context } from "./context.ts";

/**
 * Opens the locks of the repository that the command runs in, or those on the server that `GOT_LOCKS`, else `got.locks` of
 * git's own configuration names.
 *
 * @throws GotError NOT_A_REPOSITORY, USAGE for a name that means nothing, LOCK_UNAVAILABLE.
 */
export async function openLocks(context: Context): Promise<Locks> {
  const self = { pid, host: hostname() };
  const repository = openRepository(context.cwd, context.env);
  const locksDirectory = path.join(gotDirectory(repository), "locks");
  const url = context.env["GOT_LOCKS"] ?? ownSetting(repository, "got.locks");
  const backend = await openBackend({ url, locksDirectory, ...self });
  return createLocks({
    backend,
    process: self,
    contentionLog: openContentionLog(contentionDirectory(repository), context),
    onWarning: (warning) => {
      if (warning.kind === "slowWait") {
        context.note(`waited ${(warning.waitedMs / 1000).toFixed(1)} s for the lock ${warning.resource}`);
      } else context.note(`held the lock ${warning.resource} for ${(warning.heldMs / 1000).toFixed(0)} s`);
    },
  });
}

/** Where the processes of a repository write down what they met; see `metrics`. */
export function contentionDirectory(repository: Pick<GitRepository, "commonDir">): string {
  return path.join(gotDirectory(repository), "metrics");
}

/** Who takes a lock from the command line: `GOT_AGENT` and `GOT_SESSION`, else the user's name. */
export function holderOf(context: Context, what: string): HolderName {
  return { agent: context.env["GOT_AGENT"] ?? userName(), session: context.env["GOT_SESSION"], what };
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the user database, as containers have it.
    return undefined;
  }
}
