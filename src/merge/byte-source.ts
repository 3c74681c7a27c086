/** A version of a file that is read where it is needed, so that a large log is never held in memory as a whole. */
export interface ByteSource {
  /** Bytes; does not change while the source is in use. */
  readonly size: number;
  /**
   * Returns exactly the bytes from `offset` to `offset + length` (less past the end).
   *
   * @param scratch at least `length` bytes that the source may use for the result; without it the caller may keep the result.
   */
  read(offset: number, length: number, scratch?: Uint8Array): Uint8Array;
}

/** Wraps bytes that are in memory anyway. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
