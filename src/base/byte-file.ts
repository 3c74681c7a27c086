import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** A file that is read piece by piece; fits wherever a `ByteSource` (src/merge) is asked for. */
export interface ByteFile {
  /** Bytes, as of when it was opened. */
  readonly size: number;
  /**
   * Returns exactly the bytes from `offset` to `offset + length` (less past the end), in `scratch` where it is given
   * (at least `length` bytes), else in memory of their own.
   */
  readonly read: (offset: number, length: number, scratch?: Uint8Array) => Uint8Array;
  readonly close: () => void;
}

/**
 * Opens a file for reading by pieces.
 *
 * @throws the system's error when it cannot be opened or read.
 */
export function openByteFile(file: string): ByteFile {
  const descriptor = openSync(file, "r");
  const { size } = fstatSync(descriptor);
  const read = (offset: number, length: number, scratch?: Uint8Array): Uint8Array => {
    const wanted = Math.max(0, Math.min(length, size - offset));
    const bytes = scratch?.subarray(0, wanted) ?? Buffer.allocUnsafeSlow(wanted);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  };
  return { size, read, close: () => closeSync(descriptor) };
}
