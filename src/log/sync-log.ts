import { closeSync, constants, fdatasyncSync, openSync } from "node:fs";
import path from "node:path";
import { syncDirectory } from "../base/atomic-write.ts";
import { GotError } from "../base/errors.ts";
import { listInputs } from "./list-inputs.ts";

/**
 * Makes the files of a work tree's log durable, whoever has written them: those that have changed since the last call, and the names
 * of new ones.
 *
 * @throws GotError WRITE_FAILED naming the file.
 */
export function openLogSync(workTree: string): () => void {
  const synced = new Map<string, string>();
  return () => {
    let hasNew = false;
    for (const { name, path: file, size, changedMs } of listInputs(workTree, () => {})) {
      const shape = `${size} ${changedMs}`;
      if (synced.get(name) === shape) continue;
      hasNew ||= !synced.has(name);
      syncFile(file);
      synced.set(name, shape);
    }
    if (!hasNew) return;
    const got = path.join(workTree, ".got");
    for (const folder of [path.join(got, "events"), got, workTree]) syncDirectory(folder);
  };
}

function syncFile(file: string): void {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    // Compaction has moved it since it was listed, and made durable what it moved.
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return;
    throw new GotError("WRITE_FAILED", `Could not make ${file} durable`, { facts: { file }, cause });
  }
}
