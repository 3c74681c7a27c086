import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { GotError } from "./errors.ts";
import { writeFully } from "./write-fully.ts";

/**
 * Replaces `file` with `chunks` in one step: a reader sees the old bytes or the new ones, never a part.
 * The temporary file stands beside the target, so the rename never crosses a file system.
 *
 * @param file as bytes where its name need not be UTF-8.
 * @param options.mode permission bits of the new file (default 0o666, less the umask).
 * @param options.durable fsync file and directory before returning (default true).
 * @throws GotError WRITE_FAILED naming the file; the old content is then untouched.
 */
export function writeFileAtomic(
  file: string | Buffer,
  chunks: Iterable<Uint8Array> | Uint8Array | string,
  options: { mode?: number; durable?: boolean } = {},
): void {
  const directory = directoryOf(file);
  const temporary = beside(directory, `.got-${randomBytes(8).toString("hex")}.tmp`);
  try {
    const descriptor = openSync(temporary, "wx", options.mode ?? 0o666);
    try {
      for (const chunk of asChunks(chunks)) writeFully(descriptor, chunk);
      if (options.durable !== false) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
    if (options.durable !== false) syncDirectory(directory);
  } catch (cause) {
    rmSync(temporary, { force: true });
    const name = file.toString();
    throw new GotError("WRITE_FAILED", `Could not write ${name}`, { facts: { file: name }, cause });
  }
}

function directoryOf(file: string | Buffer): string | Buffer {
  if (typeof file === "string") return path.dirname(file);
  // One character a byte: what dirname looks for is ASCII.
  return Buffer.from(path.dirname(file.toString("latin1")), "latin1");
}

function beside(directory: string | Buffer, name: string): string | Buffer {
  if (typeof directory === "string") return path.join(directory, name);
  return Buffer.concat([directory, Buffer.from(`/${name}`)]);
}

/** Makes a rename or a new name in `directory` survive a power cut. Windows cannot open directories: skipped there. */
export function syncDirectory(directory: string | Buffer): void {
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
}

function asChunks(chunks: Iterable<Uint8Array> | Uint8Array | string): Iterable<Uint8Array> {
  if (typeof chunks === "string") return [Buffer.from(chunks, "utf8")];
  return chunks instanceof Uint8Array ? [chunks] : chunks;
}
