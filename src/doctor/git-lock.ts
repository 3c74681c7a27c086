import { lstatSync } from "node:fs";
import path from "node:path";
import { createLadderContext } from "../lock/file/ladder-context.ts";
import { inspectLock } from "../lock/file/inspect-locks.ts";
import { encodeResource } from "../lock/resource-name.ts";
import { isOwnIndexLock } from "../store/index-lock.ts";
import { storeResource } from "../store/store-lock.ts";
import { systemStoreFiles } from "../store/store-files.ts";
import { fileStamp } from "./file-stamp.ts";
import { doctorLimits } from "./doctor-limits.ts";
import { processesAtWork } from "./processes-at-work.ts";

/** A lock file of git's, with what is needed to judge it again later. */
export interface GitLock {
  readonly file: string;
  /** Where a git that may hold it would work: the worktrees and the common directory. */
  readonly directories: readonly string[];
  readonly commonDir: string;
  /** The lock of ours under which the entity store takes an `index.lock`; null for other files. */
  readonly storeResource: string | null;
}

/** What became of the program that made a lock file. */
export type GitLockState =
  /** It is not there (any more), it is young, or somebody may be at work. */
  | { readonly kind: "in-use" }
  /** Nobody is there; `ours`: the entity store made it. `stamp` tells this file from a later one with its name. */
  | { readonly kind: "left"; readonly ours: boolean; readonly ageMs: number; readonly stamp: string }
  /** Old, and this system does not tell who is at work. */
  | { readonly kind: "unknown"; readonly ageMs: number };

/** Judges a lock file by age, by who has it open and by which git processes work in the repository. */
export function judgeGitLock(lock: GitLock, nowMs: number): GitLockState {
  const found = lstatSync(lock.file, { throwIfNoEntry: false });
  const stamp = fileStamp(lock.file);
  if (stamp === null || found === undefined || !found.isFile()) return { kind: "in-use" };
  const ageMs = nowMs - found.mtimeMs;
  if (lock.storeResource !== null && isOwnIndexLock(systemStoreFiles, lock.file)) {
    return isFree(lock.commonDir, lock.storeResource)
      ? { kind: "left", ours: true, ageMs, stamp }
      : { kind: "in-use" };
  }
  if (ageMs < doctorLimits.quietLockMs) return { kind: "in-use" };
  const atWork = processesAtWork(lock.file, lock.directories);
  if (atWork.kind === "unknown") return { kind: "unknown", ageMs };
  return atWork.kind === "some" ? { kind: "in-use" } : { kind: "left", ours: false, ageMs, stamp };
}

/** Whether nobody alive holds the lock of a worktree's entity store. */
export function storeIsFree(commonDir: string, gitDir: string): boolean {
  return isFree(commonDir, storeResource({ gitDir, commonDir }));
}

function isFree(commonDir: string, resource: string): boolean {
  const directory = path.join(commonDir, "got", "locks", encodeResource(resource));
  if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) return true;
  return inspectLock(resource, directory, createLadderContext()).every(({ state }) => state === "dead");
}
