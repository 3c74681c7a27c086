import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { systemCode, unavailable } from "../file/lock-files.ts";
import { lockLimits } from "../lock-limits.ts";

/**
 * Measurements of all processes of a repository: `<stem>-<day>.jsonl`, a file for each day (UTC), one JSON object a line, written with
 * `O_APPEND` in one call for many lines.
 *
 * A day's file stops growing at `lockLimits.contentionDayBytes`; who begins one removes those beyond `lockLimits.contentionDays`.
 *
 * @throws what the system says; the caller decides that nothing fails because it cannot be measured.
 */
export function appendToDay(day: {
  readonly directory: string;
  readonly stem: string;
  readonly now: Date;
  readonly text: string;
}): void {
  const { directory, stem } = day;
  mkdirSync(directory, { recursive: true });
  const name = `${stem}-${day.now.toISOString().slice(0, 10)}.jsonl`;
  const descriptor = openSync(path.join(directory, name), "a", 0o666);
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.from(day.text, "utf8");
    if (size + bytes.length > lockLimits.contentionDayBytes) return;
    writeSync(descriptor, bytes);
    if (size > 0) return;
  } finally {
    closeSync(descriptor);
  }
  for (const old of dayFiles(directory, stem).slice(0, -lockLimits.contentionDays))
    unlinkSync(path.join(directory, old));
}

/**
 * The lines written from the day of `since` on, oldest day first; none where nobody has measured anything.
 *
 * @throws GotError LOCK_UNAVAILABLE when the files are there and cannot be read.
 */
export function* linesSince(directory: string, stem: string, since: Date): Generator<string, void, void> {
  const first = `${stem}-${since.toISOString().slice(0, 10)}`;
  for (const name of listDays(directory, stem)) {
    if (name < first) continue;
    for (const line of readDay(directory, name).split("\n")) if (line !== "") yield line;
  }
}

/** The object on a line, and when it was written; undefined for a torn line. */
export function parseMeasured(
  line: string,
): { readonly at: string; readonly value: { readonly [key: string]: unknown } } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const members: { [key: string]: unknown } = { ...value };
  const { at } = members;
  return typeof at === "string" ? { at, value: members } : undefined;
}

function listDays(directory: string, stem: string): string[] {
  try {
    return dayFiles(directory, stem);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return [];
    throw unavailable(directory, cause);
  }
}

function dayFiles(directory: string, stem: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(`${stem}-`) && day.test(name.slice(stem.length + 1)))
    .sort();
}

const day = /^\d{4}-\d\d-\d\d\.jsonl$/;

function readDay(directory: string, name: string): string {
  try {
    return readFileSync(path.join(directory, name), "utf8");
  } catch (cause) {
    // Removed as too old meanwhile.
    if (systemCode(cause) === "ENOENT") return "";
    throw unavailable(directory, cause);
  }
}
