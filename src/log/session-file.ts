import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";

const lineFeed = 0x0a;

/** The log that a session appends to. */
export interface SessionFile {
  /** Appends whole lines, the last newline included, with one write. */
  readonly append: (lines: Uint8Array) => void;
  readonly close: () => void;
}

/**
 * Opens a session's log for appending. What holds, without a lock, with any number of writers:
 *
 * - Lines are written with one write on `O_APPEND`, so they never mix with another writer's.
 * - A torn last line (a crash, a full disk) gets a newline first: it stays a line of its own.
 * - When somebody puts another file in its place (git does, compaction does), the lines are written again there: events are
 *   idempotent by id, so twice is once.
 *
 * @param file created at the first append; its folder must be there. A symbolic link is refused.
 */
export function openSessionFile(file: string, options: { readonly sync: boolean }): SessionFile {
  let opened: OpenedFile | null = null;
  const close = (): void => {
    if (opened !== null) closeSync(opened.descriptor);
    opened = null;
  };

  const attempt = (lines: Uint8Array, isTorn: boolean): "done" | "torn" | "replaced" => {
    opened ??= openFile(file);
    const { descriptor } = opened;
    const bytes = isTorn || !opened.endsLine ? Buffer.concat([Buffer.from("\n"), lines]) : lines;
    const written = writeSync(descriptor, bytes);
    if (written < bytes.length) {
      close();
      throw new GotError(
        "WRITE_FAILED",
        `Only ${written} of ${bytes.length} bytes could be appended to ${file}`,
        {
          facts: { file, written, bytes: bytes.length },
          hint: "Make room on the disk and append again; the part is kept as a line of its own and passed over.",
        },
      );
    }
    if (options.sync) fdatasyncSync(descriptor);
    const after = statSync(file, { throwIfNoEntry: false });
    if (after === undefined || after.ino !== opened.inode || after.dev !== opened.device) {
      close();
      return "replaced";
    }
    const isAlone = after.size === opened.size + bytes.length;
    opened.size = after.size;
    opened.endsLine = true;
    // Somebody else has appended since we looked last: did what they left unfinished swallow our first line?
    return isAlone || standsAlone(descriptor, after.size, lines) ? "done" : "torn";
  };

  const append: SessionFile["append"] = (lines) => {
    try {
      let isTorn = false;
      for (let count = 0; count < limits.eventAppendAttempts; count++) {
        const outcome = attempt(lines, isTorn);
        if (outcome === "done") return;
        isTorn = outcome === "torn";
      }
    } catch (cause) {
      close();
      if (cause instanceof GotError) throw cause;
      const isLink = cause instanceof Error && "code" in cause && cause.code === "ELOOP";
      throw new GotError(
        "WRITE_FAILED",
        `Could not append to ${file}${isLink ? ": it is a symbolic link" : ""}`,
        {
          facts: { file },
          cause,
        },
      );
    }
    throw new GotError(
      "WRITE_FAILED",
      `${file} was replaced ${limits.eventAppendAttempts} times while appending`,
      {
        facts: { file },
      },
    );
  };
  return { append, close };
}

interface OpenedFile {
  readonly descriptor: number;
  readonly inode: number;
  readonly device: number;
  /** When we looked last. */
  size: number;
  endsLine: boolean;
}

function openFile(file: string): OpenedFile {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const descriptor = openSync(file, flags, 0o666);
  const { ino, dev, size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  const endsLine = size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === lineFeed);
  return { descriptor, inode: ino, device: dev, size, endsLine };
}

/** How much of a file's end is searched for what we wrote a moment ago; more only comes behind it from a hundred writers. */
const searchedBytes = 1024 * 1024;

/** True when the lines are at the end of the file, behind a newline. Not found is no harm: they are written again. */
function standsAlone(descriptor: number, size: number, lines: Uint8Array): boolean {
  const start = Math.max(0, size - lines.length - searchedBytes);
  const piece = Buffer.alloc(size - start);
  const read = readSync(descriptor, piece, 0, piece.length, start);
  const at = piece.subarray(0, read).lastIndexOf(lines);
  if (at === -1) return false;
  return at === 0 ? start === 0 : piece[at - 1] === lineFeed;
}
