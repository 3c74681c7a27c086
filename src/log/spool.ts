import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { openByteFile } from "../base/byte-file.ts";
import { GotError } from "../base/errors.ts";
import { type FileInput, refuseLink } from "./list-inputs.ts";

/** Where the events of hooks wait for a commit that takes them along; hooks/lib.sh and hooks/fold.sh write it. */
export function spoolDirectory(commonDir: string): string {
  return path.join(commonDir, "got", "spool");
}

/**
 * Lists the files of the spool that hold events, of all worktrees, by name: `<worktree>.jsonl`, what was rotated
 * (`….jsonl.<n>`), what has a file of its own (`….one.jsonl`) and what is being folded (`….folding`). Left out are files that
 * are not complete yet (`….tmp`), lines that are no events (`torn.jsonl`), and whatever is no plain file.
 *
 * @throws GotError UNREADABLE_INPUT when the folder is a symbolic link or can't be read.
 */
export function listSpool(commonDir: string): readonly FileInput[] {
  const directory = spoolDirectory(commonDir);
  refuseLink(directory);
  return namesIn(directory).flatMap((name) => {
    if (!holdsEvents(name)) return [];
    const file = path.join(directory, name);
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isFile() !== true) return [];
    return [
      {
        name: file,
        kind: "log" as const,
        size: found.size,
        path: file,
        changedMs: found.ctimeMs,
        open: () => openByteFile(file),
      },
    ];
  });
}

/** Tells whether a name in the spool's folder is that of a file with events. */
export function holdsEvents(name: string): boolean {
  return name !== "torn.jsonl" && /\.(?:jsonl(?:\.\d+)?|folding)$/.test(name);
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new GotError("UNREADABLE_INPUT", `Could not read ${directory}`, { facts: { directory }, cause });
  }
}
