import path from "node:path";
import { accessSync, constants } from "node:fs";
import { readEntry } from "./saved-entry.ts";

/** The Node that installed, which hooks and drivers use before the one on PATH. */
export interface RecordedNode {
  /** The empty string when nothing is recorded. */
  readonly path: string;
  readonly isExecutable: boolean;
}

export function recordedNode(commonDir: string): RecordedNode {
  const entry = readEntry(path.join(commonDir, "got", "bin", "node"));
  const node = entry.kind === "file" ? Buffer.from(entry.content).toString("utf8").trim() : "";
  return { path: node, isExecutable: isExecutable(node) };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
