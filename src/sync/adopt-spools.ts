import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { spoolName } from "../log/append-to-spool.ts";
import { holdsEvents, spoolDirectory } from "../log/spool.ts";

/** A file of the spool that no commit would ever take along as it is called. */
export interface StrandedSpool {
  readonly name: string;
  /** Its worktree's folder is gone while git still knows the worktree, or it was rotated away. */
  readonly reason: "worktree gone" | "rotated";
}

/**
 * Finds what waits in the spool for a commit that won't come. The spool of a worktree that git has forgotten is not stranded:
 * whoever commits next takes it along (got_mine in hooks/fold.sh).
 *
 * @param isTracking false: rotated files are what is to be forgotten in time.
 */
export function findStranded(commonDir: string, isTracking: boolean): readonly StrandedSpool[] {
  const gone = new Set(goneWorktrees(commonDir).map((name) => spoolName(name, false)));
  return namesIn(spoolDirectory(commonDir)).flatMap((name): readonly StrandedSpool[] => {
    if (!holdsEvents(name)) return [];
    if (gone.has(ownerOf(name))) return [{ name, reason: "worktree gone" }];
    return isTracking && /\.jsonl\.\d+$/.test(name) ? [{ name, reason: "rotated" }] : [];
  });
}

/**
 * Gives the files names that belong to no worktree, so that whoever commits next takes them along. Safe while hooks append: they notice
 * and write again, and while others adopt or fold.
 *
 * @throws GotError WRITE_FAILED
 */
export function adoptSpools(commonDir: string, stranded: readonly StrandedSpool[], unique: string): void {
  const directory = spoolDirectory(commonDir);
  for (const [index, { name }] of stranded.entries()) {
    const file = path.join(directory, name);
    try {
      renameSync(file, path.join(directory, ownerlessName("stranded", `${unique}-${index}`)));
    } catch (cause) {
      // Somebody else has adopted or folded it meanwhile.
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") continue;
      throw new GotError("WRITE_FAILED", `Could not rename ${file}`, { facts: { file }, cause });
    }
  }
}

/** A name in the spool that is no worktree's: a percent sign that two hexadecimal digits follow is all that an encoded name has. */
export function ownerlessName(what: string, unique: string): string {
  return `%${what}.${unique}.one.jsonl`;
}

/** As got_mine in hooks/fold.sh. */
export function ownerOf(name: string): string {
  if (name.endsWith(".one.jsonl")) return name.slice(0, -".one.jsonl".length).replace(/\.[^.]*$/, "");
  if (name.endsWith(".folding")) return name.slice(0, -".folding".length).replace(/\.[^.]*$/, "");
  return name.replace(/\.jsonl(?:\.\d+)?$/, "");
}

/** Linked worktrees that git knows, is not told to keep, and whose folder is gone. */
function goneWorktrees(commonDir: string): readonly string[] {
  const directory = path.join(commonDir, "worktrees");
  return namesIn(directory).filter((name) => {
    if (existsSync(path.join(directory, name, "locked"))) return false;
    try {
      const link = readFileSync(path.join(directory, name, "gitdir"), "utf8").replace(/\n$/, "");
      return link !== "" && !existsSync(path.resolve(directory, name, link));
    } catch {
      return false;
    }
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}
