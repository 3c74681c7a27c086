import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { limits } from "../src/base/limits.ts";

/**
 * Counts the misses of one git process, in the mark `<memo>/misses.<pid>` that the shim left at the first one: a byte for
 * each further miss.
 *
 * @returns which miss this is, from 2; 0 when it cannot be counted.
 */
export function countMiss(memoDirectory: string, gitProcess: string): number {
  if (!/^[0-9]{1,20}$/.test(gitProcess)) return 0;
  const { O_APPEND, O_NOFOLLOW, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;
  const mark = path.join(memoDirectory, `misses.${gitProcess}`);
  // Not what a symlink or a FIFO of that name leads to.
  const open = (flag: number): number => openSync(mark, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | flag);
  try {
    const descriptor = open(O_APPEND);
    const { mtimeMs } = fstatSync(descriptor);
    // An old mark is of another process that had the same id.
    if (Date.now() - mtimeMs > limits.memoMarkMs) closeSync(open(O_TRUNC));
    writeSync(descriptor, ".");
    const count = fstatSync(descriptor).size + 1;
    closeSync(descriptor);
    return count;
  } catch {
    return 0;
  }
}
