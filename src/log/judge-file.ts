import { parseEvent } from "../model/event.ts";
import { LineKey } from "./line-key.ts";
import { LineReader } from "./line-reader.ts";
import type { FileInput } from "./list-inputs.ts";

/** What compaction has to know of a log. */
export interface JudgedFile {
  readonly input: FileInput;
  readonly events: number;
  /** Lines that are neither events nor marks nor empty. */
  readonly others: number;
  readonly hasLongLines: boolean;
  readonly newestMs: number;
  readonly newestId: string;
  /** Bytes up to and with the last newline. */
  readonly wholeBytes: number;
}

/** Reads a whole log. A last line without a newline is not looked at: somebody may be writing it. */
export function judgeFile(input: FileInput): JudgedFile {
  const judged = {
    input,
    events: 0,
    others: 0,
    hasLongLines: false,
    newestMs: 0,
    newestId: "",
    wholeBytes: 0,
  };
  const file = input.open();
  try {
    judged.wholeBytes = wholeBytes(file);
    const key = new LineKey();
    for (const line of linesOf({ ...file, size: judged.wholeBytes })) {
      const kind = kindOf(line, key);
      if (line.isTooLong) judged.hasLongLines = true;
      if (kind === "other") judged.others++;
      if (kind !== "event") continue;
      judged.events++;
      if (key.stampMs > judged.newestMs || (key.stampMs === judged.newestMs && key.id > judged.newestId)) {
        judged.newestMs = key.stampMs;
        judged.newestId = key.id;
      }
    }
  } finally {
    file.close();
  }
  return judged;
}

/** A line of a log, without its newline; only good until the next one. */
export interface Line {
  readonly bytes: Buffer;
  readonly isTooLong: boolean;
}

/** The lines of an open file that are not empty. */
export function* linesOf(file: ReturnType<FileInput["open"]>): Generator<Line> {
  const reader = new LineReader(file);
  while (reader.next()) {
    const bytes = reader.bytes.subarray(reader.start, reader.end);
    if (bytes.length > 0) yield { bytes, isTooLong: reader.isTooLong };
  }
}

/** Tells events from the rest, exactly as reading does; `key` is set for an event. */
export function kindOf({ bytes, isTooLong }: Line, key: LineKey): "event" | "mark" | "other" {
  if (isTooLong) return "other";
  key.read(bytes, 0, bytes.length);
  const text = bytes.toString("utf8");
  if (key.isEvent) return key.parse(text) === null ? "other" : "event";
  return parseEvent(text).kind === "mark" ? "mark" : "other";
}

/** Bytes up to and with the last newline. */
export function wholeBytes(file: ReturnType<FileInput["open"]>): number {
  const pieceBytes = 64 * 1024;
  for (let end = file.size; end > 0; end -= pieceBytes) {
    const start = Math.max(0, end - pieceBytes);
    const at = Buffer.from(file.read(start, end - start)).lastIndexOf("\n");
    if (at !== -1) return start + at + 1;
  }
  return 0;
}
