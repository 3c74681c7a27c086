import { Buffer } from "node:buffer";
import type { ByteSource } from "../byte-source.ts";
import { type PerFile, perFile } from "./log-files.ts";

/** Bytes that are read and compared at once: three of them fit into a processor's cache. */
const chunkBytes = 256 * 1024;
const newline = 0x0a;

/**
 * Finds how many whole lines all three sources begin with alike.
 *
 * @param starts where to begin in each source (behind a byte order mark).
 * @param inspect sees each chunk of what is alike, in order (the last one may reach beyond the last whole line), and must not keep it.
 * @returns bytes, counted from `starts`; 0 or just behind a line feed.
 */
export function commonPrefixBytes(
  sources: PerFile<ByteSource>,
  starts: PerFile<number>,
  inspect: (chunk: Buffer) => void,
): number {
  const { base, ours, theirs } = sources;
  const shortest = Math.min(base.size - starts.base, ours.size - starts.ours, theirs.size - starts.theirs);
  const scratch = perFile(() => Buffer.allocUnsafe(Math.min(chunkBytes, shortest)));
  let prefix = 0;
  for (let at = 0; at < shortest; at += chunkBytes) {
    const length = Math.min(chunkBytes, shortest - at);
    const ofBase = bufferOf(base.read(starts.base + at, length, scratch.base));
    const ofOurs = bufferOf(ours.read(starts.ours + at, length, scratch.ours));
    const ofTheirs = bufferOf(theirs.read(starts.theirs + at, length, scratch.theirs));
    const same = Math.min(sameBytes(ofBase, ofOurs), sameBytes(ofBase, ofTheirs));
    const alike = ofBase.subarray(0, same);
    inspect(alike);
    const last = alike.lastIndexOf(newline);
    if (last >= 0) prefix = at + last + 1;
    if (same < length) break;
  }
  return prefix;
}

/** Tells whether two sources hold the same bytes, given that the first `from` bytes of both are known to be the same. */
export function sameContent(left: ByteSource, right: ByteSource, from: number): boolean {
  if (left.size !== right.size) return false;
  const scratch = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)] as const;
  for (let at = from; at < left.size; at += chunkBytes) {
    const length = Math.min(chunkBytes, left.size - at);
    if (Buffer.compare(left.read(at, length, scratch[0]), right.read(at, length, scratch[1])) !== 0)
      return false;
  }
  return true;
}

/** Views bytes as a Buffer without copying them. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Counts the bytes that two chunks of one length begin with alike, by halving: comparing is native, indexing is not. */
function sameBytes(left: Buffer, right: Buffer): number {
  if (left.equals(right)) return left.length;
  let low = 0;
  let high = left.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (left.compare(right, low, middle, low, middle) === 0) low = middle;
    else high = middle;
  }
  return low;
}
