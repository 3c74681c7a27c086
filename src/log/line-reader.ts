import { limits } from "../base/limits.ts";
import type { ByteSource } from "../merge/byte-source.ts";

const lineFeed = 0x0a;
const chunkBytes = 256 * 1024;

/**
 * Goes through the lines of a file in memory of its own size, not the file's. After `next()` has returned true the line is
 * `bytes[start..end)`, without its newline, until the next call.
 */
export class LineReader {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Counted from 1. */
  number = 0;
  /** True when the line is longer than `limits.eventLineBytes`; then only its beginning is in `bytes`. */
  isTooLong = false;

  readonly #source: ByteSource;
  /** Where in the file `bytes[0]` stands, how much of `bytes` is filled, and where the next line begins in it. */
  #origin: number;
  #filled = 0;
  #next = 0;

  constructor(source: ByteSource, from = 0) {
    this.#source = source;
    this.#origin = from;
  }

  /** Where in the file the current line begins. */
  get offset(): number {
    return this.#origin + this.start;
  }

  next(): boolean {
    let scanned = this.#next;
    for (;;) {
      // Node's own indexOf looks at the whole buffer, behind what is filled as well: that part is cut off.
      const at =
        this.#filled > scanned ? this.bytes.subarray(0, this.#filled).indexOf(lineFeed, scanned) : -1;
      if (at !== -1) return this.#line(at, at + 1);
      scanned = this.#filled - this.#next;
      const wasLong = scanned > limits.eventLineBytes;
      if (wasLong) return this.#skipLong();
      if (!this.#fill()) {
        if (this.#filled === this.#next) return false;
        return this.#line(this.#filled, this.#filled);
      }
    }
  }

  #line(end: number, next: number): boolean {
    this.start = this.#next;
    this.end = end;
    this.#next = next;
    this.number++;
    this.isTooLong = end - this.start > limits.eventLineBytes;
    return true;
  }

  /** Drops what is behind us, reads on; false at the end of the file. */
  #fill(): boolean {
    const kept = this.#filled - this.#next;
    const wanted = Math.max(chunkBytes, kept * 2);
    const position = this.#origin + this.#filled;
    const length = Math.min(wanted - kept, this.#source.size - position);
    if (length <= 0) return false;
    if (this.bytes.length < kept + length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(wanted, Math.max(this.#source.size, kept + length)));
      this.bytes.copy(larger, 0, this.#next, this.#filled);
      this.bytes = larger;
    } else this.bytes.copyWithin(0, this.#next, this.#filled);
    const read = this.#source.read(position, length, this.bytes.subarray(kept, kept + length));
    if (read.buffer !== this.bytes.buffer || read.byteOffset !== this.bytes.byteOffset + kept) {
      this.bytes.set(read, kept);
    }
    this.#origin += this.#next;
    this.#next = 0;
    this.#filled = kept + read.length;
    return read.length > 0;
  }

  /** Passes over a line that is too long to hold; what is in `bytes` of it stays there. */
  #skipLong(): boolean {
    const scratch = Buffer.allocUnsafeSlow(chunkBytes);
    let position = this.#origin + this.#filled;
    for (;;) {
      const read = this.#source.read(position, chunkBytes, scratch);
      if (read.length === 0) break;
      const at = Buffer.from(read.buffer, read.byteOffset, read.length).indexOf(lineFeed);
      position += at === -1 ? read.length : at + 1;
      if (at !== -1) break;
    }
    this.#line(this.#filled, this.#filled);
    this.#origin = position - this.#filled;
    return true;
  }
}
