import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { GotError } from "../../base/errors.ts";
import { lockLimits } from "../lock-limits.ts";

/** The few things a lock does with its directory, handed in so that tests can play other file systems. */
export interface LockFiles {
  readonly list: (directory: string) => string[];
  /** Creates a file with this content; fails when the name is taken. */
  readonly create: (file: string, content: string) => void;
  /** link(2): gives an existing file a second name, failing when that is taken. */
  readonly link: (existing: string, name: string) => void;
  readonly rename: (from: string, to: string) => void;
  readonly remove: (file: string) => void;
  readonly read: (file: string) => RecordFile;
  /** Gives the file another modification time: a sign of life. */
  readonly touch: (file: string, at: Date) => void;
}

export interface RecordFile {
  readonly text: string;
  readonly modifiedMs: number;
}

export const systemLockFiles: LockFiles = {
  list: (directory) => readdirSync(directory),
  create: (file, content) => {
    const descriptor = openSync(file, "wx", 0o666);
    try {
      const bytes = Buffer.from(content, "utf8");
      for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      // Half a record, as on a full disk, would keep everybody out until the next boot.
      attemptTo(() => unlinkSync(file));
      throw error;
    } finally {
      closeSync(descriptor);
    }
  },
  link: linkSync,
  rename: renameSync,
  remove: unlinkSync,
  read: (file) => {
    const descriptor = openSync(file, "r");
    try {
      const bytes = Buffer.allocUnsafe(lockLimits.recordBytes);
      const length = readSync(descriptor, bytes, 0, bytes.length, 0);
      return { text: bytes.toString("utf8", 0, length), modifiedMs: lstatSync(file).mtimeMs };
    } finally {
      closeSync(descriptor);
    }
  },
  touch: (file, at) => utimesSync(file, at, at),
};

/** The code of a system error, e.g. `EEXIST`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What link(2) says where there is no such thing (FAT, some network and FUSE file systems), or not once more. */
export const noHardLinks: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
]);

/** Runs `action`, ignoring that the file is gone already. Returns whether it was there. */
export function unlessGone(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Runs a step of tidying up, whose failure must not undo what was achieved before it. */
export function attemptTo(action: () => void): void {
  try {
    action();
  } catch {
    // Whoever comes next tries again.
  }
}

/**
 * Makes a lock directory where there is none, and refuses anything else that stands at its place: a file, or a symbolic link
 * that would take the lock somewhere else.
 *
 * @throws GotError LOCK_UNAVAILABLE
 */
export function ensureLockDirectory(directory: string): void {
  try {
    if (lstatSync(directory).isDirectory()) return;
  } catch (cause) {
    if (systemCode(cause) !== "ENOENT") throw unavailable(directory, cause);
    try {
      mkdirSync(directory, { recursive: true });
      if (lstatSync(directory).isDirectory()) return;
    } catch (error) {
      throw unavailable(directory, error);
    }
  }
  throw new GotError(
    "LOCK_UNAVAILABLE",
    `${directory} should be a directory of locks, but is something else`,
    {
      facts: { directory },
      hint: "Move it away; got-hooks makes the directory itself.",
    },
  );
}

/** The error for a lock directory that cannot be used; a lock is never granted by accident. */
export function unavailable(directory: string, cause: unknown): GotError {
  if (cause instanceof GotError) return cause;
  const code = systemCode(cause) ?? "unknown";
  return new GotError("LOCK_UNAVAILABLE", `The lock in ${directory} cannot be used (${code})`, {
    facts: { directory, code },
    cause,
  });
}
