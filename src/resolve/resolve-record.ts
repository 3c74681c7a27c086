import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import type { UnmergedPath } from "../git/index-stages.ts";
import type { Choice } from "../merge/merge-result.ts";

/**
 * What earlier runs left of files that are still in conflict, in `<git-dir>/got/resolve.json`: what they wrote (so that it is
 * not taken for somebody's edit) and what was chosen (so that a later run keeps it). Losing it costs a question asked again.
 */
export interface LeftFile {
  /** sha256 of each content that we wrote, or were about to write; `removedMark` where we took the file away. */
  readonly written: readonly string[];
  readonly given: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<string, Choice>>;
}

/** Stands for no file among what we wrote. */
export const removedMark = "removed";

/** By `recordKey`. */
export type ResolveRecord = ReadonlyMap<string, LeftFile>;

/** A file in conflict: other versions of it are another conflict. */
export function recordKey({ name, base, ours, theirs }: UnmergedPath): string {
  return JSON.stringify([name, base?.oid ?? "", ours?.oid ?? "", theirs?.oid ?? ""]);
}

export function readResolveRecord(gitDir: string): ResolveRecord {
  const record = new Map<string, LeftFile>();
  try {
    const value: unknown = JSON.parse(readFileSync(recordFile(gitDir), "utf8"));
    if (!isObject(value) || value["version"] !== 1 || !isObject(value["files"])) return record;
    for (const [key, file] of Object.entries(value["files"])) {
      if (!isObject(file)) continue;
      const { written, given, answers } = file;
      record.set(key, {
        written: Array.isArray(written) ? written.filter((hash) => typeof hash === "string") : [],
        given: pick(given, (text) => (typeof text === "string" ? text : undefined)),
        answers: pick(answers, parseChoice),
      });
    }
  } catch {
    // None, or torn: then nothing is known about earlier runs.
  }
  return record;
}

/** Replaces the record; paths that are no longer in conflict are dropped by leaving them out. */
export function writeResolveRecord(gitDir: string, record: ResolveRecord): void {
  const file = recordFile(gitDir);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileAtomic(file, `${JSON.stringify({ version: 1, files: Object.fromEntries(record) })}\n`, {
    durable: false,
  });
}

function recordFile(gitDir: string): string {
  return path.join(gitDir, "got", "resolve.json");
}

function parseChoice(value: unknown): Choice | undefined {
  if (value === "ours" || value === "theirs") return value;
  return isObject(value) && typeof value["text"] === "string" ? { text: value["text"] } : undefined;
}

function pick<Value>(
  value: unknown,
  parse: (member: unknown) => Value | undefined,
): Readonly<Record<string, Value>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const parsed = parse(member);
      return parsed === undefined ? [] : [[key, parsed]];
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
