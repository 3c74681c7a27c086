import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../../src/base/atomic-write.ts";
import { limits } from "../../src/base/limits.ts";
import type { Memo } from "./memo.ts";

/**
 * Counts the misses of one git process; true when this one should work ahead: the 2nd, 4th, 8th … so that a process
 * whose later merges cannot be foreseen works ahead in vain only a few times.
 */
export function countMiss(memo: Memo, gitProcess: string): boolean {
  if (!/^[0-9]{1,20}$/.test(gitProcess)) return false;
  const mark = path.join(memo.directory, `misses.${gitProcess}`);
  try {
    mkdirSync(memo.directory, { recursive: true });
    const before = missesOf(mark);
    writeFileAtomic(mark, ".".repeat(before + 1), { durable: false });
    return before > 0 && (before & (before + 1)) === 0;
  } catch {
    return false;
  }
}

function missesOf(mark: string): number {
  const stat = statSync(mark, { throwIfNoEntry: false });
  // An old mark is of another process that had the same id.
  return stat === undefined || Date.now() - stat.mtimeMs > limits.memoMarkMs
    ? 0
    : Math.min(stat.size, 1 << 20);
}
