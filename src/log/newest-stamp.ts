import { statSync } from "node:fs";
import { openByteFile } from "../base/byte-file.ts";
import { limits } from "../base/limits.ts";
import { newestInName } from "./archive.ts";
import { LineKey } from "./line-key.ts";
import { LineReader } from "./line-reader.ts";
import { type FileInput, listInputs } from "./list-inputs.ts";

/** How far before the end of a log its last lines are looked for. */
const tailBytes = 64 * 1024;

/**
 * Finds the newest stamp in a work tree's log, in milliseconds; 0 without one. Looks at the last lines of the files changed
 * last and at the archives' names. Stamps more than `limits.eventSkewMs` ahead of `nowMs` are a broken clock or a trap: following one
 * would spoil ours for ever.
 */
export function newestStamp(workTree: string, nowMs: number): number {
  let newestMs = 0;
  const see = (stampMs: number): void => {
    if (stampMs > newestMs && stampMs < nowMs + limits.eventSkewMs) newestMs = stampMs;
  };
  const inputs = listInputs(workTree, () => {});
  for (const { name, kind } of inputs) {
    if (kind === "archive") see(newestInName(name.slice(name.indexOf("/") + 1)));
  }
  for (const input of lastChanged(inputs)) {
    for (const stampMs of lastStamps(input)) see(stampMs);
  }
  return newestMs;
}

function lastChanged(inputs: readonly FileInput[]): readonly FileInput[] {
  const logs = inputs.filter(({ kind }) => kind === "log");
  if (logs.length <= limits.eventSeenFiles) return logs;
  const times = new Map(
    logs.map((input) => [input, statSync(input.path, { throwIfNoEntry: false })?.mtimeMs ?? 0]),
  );
  return logs
    .toSorted((left, right) => (times.get(right) ?? 0) - (times.get(left) ?? 0))
    .slice(0, limits.eventSeenFiles);
}

function lastStamps(input: FileInput): readonly number[] {
  const found: number[] = [];
  const key = new LineKey();
  try {
    const file = openByteFile(input.path);
    try {
      const reader = new LineReader(file, Math.max(0, file.size - tailBytes));
      while (reader.next()) {
        key.read(reader.bytes, reader.start, reader.end);
        if (key.isEvent) found.push(key.stampMs);
      }
    } finally {
      file.close();
    }
  } catch {
    // Gone, or not ours to read: whoever reads the log is told.
  }
  return found;
}
