import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import type { ByteFile } from "../base/byte-file.ts";
import type { FileInput } from "./list-inputs.ts";

/** What a snapshot notes of a file that it covers. */
export interface InputIdentity {
  readonly size: number;
  /** SHA-256 of the first `size` bytes, in hex. */
  readonly hash: string;
  /** As in git's index: while these are the same, so is the content. */
  readonly inode: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

const pieceBytes = 1024 * 1024;
/** Coarsest clock of a file system that we know of: within it, a file may change and keep its times. */
const racyMs = 2000;

/** Identifies the file as it stands, up to its last newline; null when it has no whole line, or is gone. */
export function identify(input: FileInput, sizeBytes: number): InputIdentity | null {
  const found = statSync(input.path, { throwIfNoEntry: false });
  if (found === undefined || found.size < sizeBytes) return null;
  const file = input.open();
  try {
    return {
      size: sizeBytes,
      hash: hashOf(file, sizeBytes),
      inode: found.ino,
      modifiedMs: found.mtimeMs,
      changedMs: found.ctimeMs,
    };
  } finally {
    file.close();
  }
}

/**
 * Tells how a file has changed since it was identified: not at all, only grown (the first `size` bytes are as they were), or otherwise.
 *
 * @param takenMs when it was identified: times that were young then prove nothing.
 */
export function compareIdentity(
  input: FileInput,
  known: InputIdentity,
  takenMs: number,
): "same" | "grown" | "different" {
  const found = statSync(input.path, { throwIfNoEntry: false });
  if (found === undefined || found.size < known.size) return "different";
  const isSameFile =
    found.ino === known.inode && found.mtimeMs === known.modifiedMs && found.ctimeMs === known.changedMs;
  if (isSameFile && found.size === known.size && found.ctimeMs < takenMs - racyMs) return "same";
  const file = input.open();
  try {
    if (hashOf(file, known.size) !== known.hash) return "different";
    return file.size > known.size ? "grown" : "same";
  } finally {
    file.close();
  }
}

function hashOf(file: ByteFile, sizeBytes: number): string {
  const hash = createHash("sha256");
  const scratch = Buffer.allocUnsafeSlow(Math.min(pieceBytes, sizeBytes));
  for (let at = 0; at < sizeBytes; at += pieceBytes) {
    hash.update(file.read(at, Math.min(pieceBytes, sizeBytes - at), scratch));
  }
  return hash.digest("hex");
}
