import { hostname } from "node:os";
import path from "node:path";
import { pid } from "node:process";
import { ownSetting } from "../git/own-setting.ts";
import { type GitRepository, gotDirectory } from "../git/repository.ts";
import { createLocks } from "../lock/create-locks.ts";
import type { Locks } from "../lock/lock.ts";
import { openContentionLog } from "../lock/metrics/contention-log.ts";
import type { LockWarning } from "../lock/metrics/lock-metrics.ts";
import { openBackend } from "../lock/open-backend.ts";
import type { Place } from "./place.ts";

/**
 * Opens the locks of a repository, or those on the server that `GOT_LOCKS`, else `got.locks` of git's own configuration names.
 *
 * @throws GotError USAGE for a name that means nothing, LOCK_UNAVAILABLE.
 */
export async function openRepositoryLocks(
  repository: GitRepository,
  place: Pick<Place, "env" | "now">,
  onWarning?: (warning: LockWarning) => void,
): Promise<Locks> {
  const self = { pid, host: hostname() };
  const url = place.env["GOT_LOCKS"] ?? ownSetting(repository, "got.locks");
  const locksDirectory = path.join(gotDirectory(repository), "locks");
  const backend = await openBackend({ url, locksDirectory, ...self });
  return createLocks({
    backend,
    process: self,
    contentionLog: openContentionLog(contentionDirectory(repository), place),
    ...(onWarning === undefined ? {} : { onWarning }),
  });
}

/** Where the processes of a repository write down what they met; see `readContention` and `readEntityContention`. */
export function contentionDirectory(repository: Pick<GitRepository, "commonDir">): string {
  return path.join(gotDirectory(repository), "metrics");
}
