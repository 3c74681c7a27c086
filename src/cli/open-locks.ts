import { userInfo } from "node:os";
import { openRepository } from "../git/repository.ts";
import type { HolderName, Locks } from "../lock/lock.ts";
import { openRepositoryLocks } from "../workspace/open-locks.ts";
import type { Context } from "./context.ts";

/**
 * Opens the locks of the repository that the command runs in, or those on the server that is configured; warnings go to stderr.
 *
 * @throws GotError NOT_A_REPOSITORY, USAGE for a name that means nothing, LOCK_UNAVAILABLE.
 */
export async function openLocks(context: Context): Promise<Locks> {
  return await openRepositoryLocks(openRepository(context.cwd, context.env), context, (warning) => {
    if (warning.kind === "slowWait") {
      context.note(`waited ${(warning.waitedMs / 1000).toFixed(1)} s for the lock ${warning.resource}`);
    } else context.note(`held the lock ${warning.resource} for ${(warning.heldMs / 1000).toFixed(0)} s`);
  });
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
