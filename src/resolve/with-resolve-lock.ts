import { hostname } from "node:os";
import path from "node:path";
import { pid } from "node:process";
import { GotError } from "../base/errors.ts";
import { sha256Hex } from "../base/sha256.ts";
import { createLocks } from "../lock/create-locks.ts";
import { createFileBackend } from "../lock/file/file-backend.ts";
import { resolverLimits } from "./resolver-limits.ts";

/**
 * Does the work while no other `got-hooks resolve` works in the same worktree: two would take each other's files for edits by hand,
 * and the work of each other's resolvers for a touch.
 *
 * @throws GotError LOCK_UNAVAILABLE when the other one is not done in time.
 */
export async function withResolveLock<Value>(
  { commonDir, gitDir }: { readonly commonDir: string; readonly gitDir: string },
  work: () => Promise<Value>,
): Promise<Value> {
  const directory = path.join(commonDir, "got", "locks");
  const resource = gitDir === commonDir ? "resolve" : `resolve.${shortName(path.basename(gitDir))}`;
  const self = { pid, host: hostname() };
  const locks = createLocks({ backend: createFileBackend({ directory }), process: self });
  try {
    const wanted = { timeoutMs: resolverLimits.turnWaitMs, holder: { what: "resolve" } };
    const outcome = await locks.withLock(resource, wanted, work);
    if (outcome.kind === "granted" || outcome.kind === "lost") return outcome.value;
    throw new GotError("LOCK_UNAVAILABLE", "Another got-hooks resolve is at work in this worktree", {
      facts: { directory, resource },
      hint: "Wait for it; got-hooks lock list names its process.",
    });
  } finally {
    await locks.close();
  }
}

/** Names of worktrees may be longer than those of locks, where each byte may take three. */
function shortName(worktree: string): string {
  return Buffer.byteLength(worktree) <= 70 ? worktree : sha256Hex(worktree).slice(0, 32);
}
