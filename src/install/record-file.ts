import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { formatRecord, type InstallRecord } from "./install-record.ts";
import { parseRecord } from "./parse-record.ts";
import { readEntry } from "./saved-entry.ts";

export function recordFile(commonDir: string): string {
  return path.join(commonDir, "got", "install.json");
}

/**
 * Reads the record of the installation in a repository; null when there is none.
 *
 * @throws GotError INSTALL_CONFLICT when it is broken or from a newer version.
 */
export function readRecord(commonDir: string): InstallRecord | null {
  const file = recordFile(commonDir);
  const entry = readEntry(file);
  return entry.kind === "file" ? parseRecord(Buffer.from(entry.content).toString("utf8"), file) : null;
}

/** Writes the record durably: it must be on disk before the first change that it describes. */
export function writeRecord(commonDir: string, record: InstallRecord): void {
  const file = recordFile(commonDir);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileAtomic(file, formatRecord(record), { mode: 0o644 });
}
