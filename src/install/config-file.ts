import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { writeFully } from "../base/write-fully.ts";
import { GotError } from "../base/errors.ts";
import { loadEntry, readEntry, sameEntry, type SavedEntry } from "./saved-entry.ts";

/**
 * Puts a git configuration file back byte for byte, after its values are back already: `git config` may leave
 * white space behind. Uses git's own protocol (`config.lock`, then rename), so that no other `git config` is overwritten.
 *
 * @throws GotError WRITE_FAILED when another git holds the lock or the disk refuses.
 */
export function restoreConfigFile(file: string, original: { readonly before: SavedEntry }): void {
  const before = loadEntry(original.before);
  if (before.kind !== "file" || sameEntry(readEntry(file), before)) return;
  const lock = `${file}.lock`;
  let descriptor: number;
  try {
    descriptor = openSync(lock, "wx", before.mode);
  } catch (cause) {
    throw new GotError("WRITE_FAILED", `Could not lock ${file}`, {
      facts: { file, lock },
      hint: `Another git is changing it, or died doing so. When none runs, remove ${lock} and try again.`,
      cause,
    });
  }
  try {
    writeFully(descriptor, before.content);
    fsyncSync(descriptor);
    renameSync(lock, file);
  } catch (cause) {
    rmSync(lock, { force: true });
    throw new GotError("WRITE_FAILED", `Could not write ${file}`, { facts: { file }, cause });
  } finally {
    closeSync(descriptor);
  }
}
