import { writeSync } from "node:fs";

/** Writes every byte of `chunk`; a short write (full disk, signal) is continued or throws, never ignored. */
export function writeFully(descriptor: number, chunk: Uint8Array): void {
  for (let offset = 0; offset < chunk.length;) {
    offset += writeSync(descriptor, chunk, offset, chunk.length - offset);
  }
}
