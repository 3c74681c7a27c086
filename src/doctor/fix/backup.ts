import { copyFileSync, linkSync, lstatSync, mkdirSync, mkdtempSync, renameSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../../base/atomic-write.ts";
import { GotError } from "../../base/errors.ts";

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
   * Moves a file away in one step, if it still is the one that was judged (`inode`). False when it is another one by now, which then
   * stays or is put back.
   */
  readonly moveAway: (id: string, file: string, inode: number) => boolean;
  /** Null when nothing was kept. */
  readonly directory: () => string | null;
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
    `${String(entries.length + 1).padStart(3, "0")}-${path.basename(file)}`;

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
    moveAway: (id, file, inode) => {
      if (lstatSync(file, { throwIfNoEntry: false })?.ino !== inode) return false;
      const saved = nextName(file);
      const target = path.join(open(), saved);
      try {
        renameSync(file, target);
      } catch (cause) {
        throw new GotError("WRITE_FAILED", `Could not move ${file} away`, { facts: { file }, cause });
      }
      if (lstatSync(target).ino !== inode) {
        // Somebody has made it anew since we looked: theirs goes back, unless there is yet another one.
        linkSync(target, file);
        return false;
      }
      note({ id, path: file, saved });
      return true;
    },
    directory: () => made,
  };
}
