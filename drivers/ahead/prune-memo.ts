import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { limits } from "../../src/base/limits.ts";

/** Keeps the memo within its limits: the oldest entries go, and what belonged to processes long gone. */
export function pruneMemo(directory: string): void {
  try {
    const names = readdirSync(directory);
    const found = names.map((name) => ({ name, ...weigh(path.join(directory, name)) }));
    let entries = found.length;
    let bytes = found.reduce((sum, item) => sum + item.sizeBytes, 0);
    // Down to three quarters, so that not every merge on a full memo has to prune again.
    const full = entries > limits.memoEntries || bytes > limits.memoBytes;
    const [most, mostBytes] = full ? [limits.memoEntries * 0.75, limits.memoBytes * 0.75] : [entries, bytes];
    for (const item of found.sort((a, b) => a.changedMs - b.changedMs)) {
      const stale = /^(misses|gone|for)\./.test(item.name) && Date.now() - item.changedMs > limits.memoMarkMs;
      if (!stale && entries <= most && bytes <= mostBytes) continue;
      remove(directory, item.name);
      entries -= 1;
      bytes -= item.sizeBytes;
    }
  } catch {
    // Somebody else is removing it at this moment, or it is not ours to remove.
  }
}

/** Renames, then removes, so that two processes that prune at once do not disturb each other. */
function remove(directory: string, name: string): void {
  const gone = path.join(directory, `gone.${randomBytes(8).toString("hex")}`);
  renameSync(path.join(directory, name), gone);
  rmSync(gone, { recursive: true, force: true });
}

function weigh(file: string): { sizeBytes: number; changedMs: number } {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return { sizeBytes: 0, changedMs: 0 };
  if (!stat.isDirectory()) return { sizeBytes: stat.size, changedMs: stat.mtimeMs };
  const sizes = readdirSync(file).map(
    (name) => lstatSync(path.join(file, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return { sizeBytes: sizes.reduce((sum, size) => sum + size, 0), changedMs: stat.mtimeMs };
}
