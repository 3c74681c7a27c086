import {
  accessSync,
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";

/**
 * The few things the store does with files, handed in so that tests can play crashes, power cuts and full disks.
 * Each is one step that happens or does not. Errors are the system's, with their `code`.
 */
export interface StoreFiles {
  /** `read`: fails when missing; `append`: reads too, created when missing; `create`: fails when it exists. Never through a symbolic link. */
  readonly open: (file: string, mode: "read" | "append" | "create") => number;
  readonly size: (descriptor: number) => number;
  /** Reads at most `length` bytes at `offset`; fewer at the end of the file. */
  readonly read: (descriptor: number, offset: number, length: number) => Buffer;
  /** Writes at the end (`append`) or on from where the last write ended (`create`); may write less than everything. */
  readonly write: (descriptor: number, bytes: Uint8Array) => number;
  readonly truncate: (descriptor: number, size: number) => void;
  /** Returns when everything written so far is on the disk, without blocking the process. */
  readonly sync: (descriptor: number) => Promise<void>;
  readonly syncNow: (descriptor: number) => void;
  readonly close: (descriptor: number) => void;
  readonly rename: (from: string, to: string) => void;
  readonly link: (existing: string, name: string) => void;
  readonly remove: (file: string) => void;
  readonly makeDirectory: (directory: string) => void;
  readonly list: (directory: string) => string[];
  /** What stands at a path, links not followed. */
  readonly kind: (file: string) => "file" | "directory" | "other" | "none";
  readonly isWritable: (directory: string) => boolean;
  /** Makes new names in a directory survive a power cut; nothing where directories can't be opened. */
  readonly syncDirectory: (directory: string) => void;
}

const noFollow = constants.O_NOFOLLOW ?? 0;
const openFlags = {
  read: constants.O_RDONLY | noFollow,
  append: constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | noFollow,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | noFollow,
} as const;

export const systemStoreFiles: StoreFiles = {
  open: (file, mode) => openSync(file, openFlags[mode], 0o666),
  size: (descriptor) => fstatSync(descriptor).size,
  read: (descriptor, offset, length) => {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(descriptor, bytes, filled, length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  },
  write: (descriptor, bytes) => writeSync(descriptor, bytes),
  truncate: ftruncateSync,
  sync: (descriptor) =>
    new Promise((resolve, reject) => {
      fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
    }),
  syncNow: fdatasyncSync,
  close: closeSync,
  rename: renameSync,
  link: linkSync,
  remove: unlinkSync,
  makeDirectory: (directory) => {
    mkdirSync(directory, { recursive: true });
  },
  list: (directory) => readdirSync(directory),
  kind: (file) => {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found === undefined) return "none";
    return found.isFile() ? "file" : found.isDirectory() ? "directory" : "other";
  },
  isWritable: (directory) => {
    try {
      accessSync(directory, constants.W_OK | constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
  syncDirectory: (directory) => {
    let descriptor: number;
    try {
      descriptor = openSync(directory, "r");
    } catch {
      return;
    }
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
};

/** The code of a system error, e.g. `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Writes every byte; a write that comes to nothing is an error, never ignored. */
export function writeAll(files: StoreFiles, descriptor: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) {
    const written = files.write(descriptor, bytes.subarray(offset));
    if (written <= 0) throw new Error("the disk takes no more bytes");
    offset += written;
  }
}

/** The bytes of a file, or null where there is none; `tooLarge` without reading past `limitBytes`. */
export function readWhole(files: StoreFiles, file: string, limitBytes: number): Buffer | "tooLarge" | null {
  let descriptor: number;
  try {
    descriptor = files.open(file, "read");
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
  try {
    const size = files.size(descriptor);
    return size > limitBytes ? "tooLarge" : files.read(descriptor, 0, size);
  } finally {
    files.close(descriptor);
  }
}

/** Removes a file that may be gone already. */
export function removeIfThere(files: StoreFiles, file: string): void {
  try {
    files.remove(file);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
