/** A version of a file that is read where it is needed, so that a large log is never held in memory as a whole. */
export interface ByteSource {
  /** Bytes; does not change while the source is in use. */
  readonly size: number;
  /** Returns exactly the bytes from `offset` to `offset + length` (less past the end); the caller may keep them. */
  read(offset: number, length: number): Uint8Array;
}

/** Wraps bytes that are in memory anyway. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
