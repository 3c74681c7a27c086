import { copyFileSync, linkSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../../base/atomic-write.ts";
import { GotError } from "../../base/errors.ts";
import { fileStamp } from "../file-stamp.ts";

/** What a repair changed, for who wants it back. */
export interface BackupEntry {
  /** The finding that was mended. */
  readonly id: string;
  /** What was changed or moved away. */
  readonly path: string;
  /** Where its bytes are now, relative to the manifest; null where there was nothing. */
  readonly saved: string | null;
}

/**
 * Keeps what repairs change: `<common-dir>/got/backup/<time>-<random>/`, with the files and a `manifest.json` that says where each
 * came from. Made with the first file, so that who repairs nothing leaves nothing.
 */
export interface Backup {
  /** Copies a file, and notes it, before it is changed. */
  readonly keep: (id: string, file: string) => void;
  /**
   * Moves a file away in one step, if it still is the one that was judged ({@link fileStamp}). False when it is another one by now, which then
   * stays or is put back.
   */
  readonly moveAway: (id: string, file: string, stamp: string) => boolean;
  /** Null when nothing was kept. */
  readonly directory: () => string | null;
}

/** Of a name that is as long as names can be, with three bytes a character, the end is kept. */
const nameCharacters = 80;

/** Gives a file its name back, unless there is yet another one: then it stays in the backup. */
function putBack(target: string, file: string): void {
  try {
    linkSync(target, file);
    rmSync(target);
  } catch (cause) {
    throw new GotError("WRITE_FAILED", `Could not put ${file} back; it is ${target}`, {
      facts: { file, target },
      cause,
    });
  }
}

export function openBackup(commonDir: string, now: () => Date): Backup {
  const entries: BackupEntry[] = [];
  let made: string | null = null;

  const open = (): string => {
    if (made !== null) return made;
    const parent = path.join(commonDir, "got", "backup");
    const stamp = now().toISOString().replaceAll(/[-:.]/g, "");
    try {
      mkdirSync(parent, { recursive: true });
      return (made = mkdtempSync(path.join(parent, `${stamp}-`)));
    } catch (cause) {
      throw new GotError("WRITE_FAILED", `Could not make a backup in ${parent}`, {
        facts: { directory: parent },
        cause,
      });
    }
  };

  const note = (entry: BackupEntry): void => {
    entries.push(entry);
    const manifest = { version: 1, madeAt: now().toISOString(), entries };
    writeFileAtomic(path.join(open(), "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  };

  const nextName = (file: string): string =>
    `${String(entries.length + 1).padStart(3, "0")}-${path.basename(file).slice(-nameCharacters)}`;

  return {
    keep: (id, file) => {
      if (entries.some((entry) => entry.path === file)) return;
      const saved = lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? nextName(file) : null;
      try {
        if (saved !== null) copyFileSync(file, path.join(open(), saved));
      } catch (cause) {
        throw new GotError("WRITE_FAILED", `Could not make a backup of ${file}`, { facts: { file }, cause });
      }
      note({ id, path: file, saved });
    },
    moveAway: (id, file, stamp) => {
      if (fileStamp(file) !== stamp) return false;
      const saved = nextName(file);
      const target = path.join(open(), saved);
      try {
        renameSync(file, target);
      } catch (cause) {
        throw new GotError("WRITE_FAILED", `Could not move ${file} away`, { facts: { file }, cause });
      }
      if (fileStamp(target) !== stamp) {
        // Somebody has made it anew since we looked: theirs goes back.
        putBack(target, file);
        return false;
      }
      note({ id, path: file, saved });
      return true;
    },
    directory: () => made,
  };
}
