import path from "node:path";
import { limits } from "../base/limits.ts";
import { parseConfig } from "../model/config.ts";
import type { PathRule } from "../model/policy.ts";
import { readEntry } from "./saved-entry.ts";

/** What `.got/config.json` of a work tree says about paths; a broken file is a note, not an obstacle. */
export function readPaths(topLevel: string | null): {
  readonly paths: readonly PathRule[];
  readonly notes: readonly string[];
} {
  if (topLevel === null) return { paths: [], notes: [] };
  const file = path.join(topLevel, ".got", "config.json");
  const entry = readEntry(file);
  if (entry.kind !== "file") return { paths: [], notes: [] };
  if (entry.content.length > limits.configBytes) {
    return {
      paths: [],
      notes: [`${file} is larger than ${limits.configBytes} bytes: its "paths" are not registered`],
    };
  }
  const parsed = parseConfig(Buffer.from(entry.content).toString("utf8"));
  if (parsed.kind === "parsed") return { paths: parsed.config.policy.paths, notes: [] };
  const [problem] = parsed.problems;
  return {
    paths: [],
    notes: [`${file}: ${problem.at}: ${problem.reason}; its "paths" are not registered until that is mended`],
  };
}
