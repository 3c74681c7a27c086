import { Buffer } from "node:buffer";
import type { ByteSource } from "../byte-source.ts";
import { bufferOf } from "./common-prefix.ts";
import { indexLines, lineKey } from "./line-table.ts";

export interface KeySearch {
  readonly source: ByteSource;
  /** Both at line starts. */
  readonly start: number;
  readonly end: number;
  /** The member that identifies a record. */
  readonly key: string;
  /** Keys as `keyText` gives them. */
  readonly keys: ReadonlySet<string>;
}

/** Read at once. */
const chunkBytes = 1024 * 1024;
const newline = 0x0a;

/** A line's key as text that can be compared: a byte per character. */
export function keyText(key: Buffer): string {
  return key.toString("latin1");
}

/** Finds which of the keys stand in a part of a log, reading it piece by piece. */
export function findKeys(search: KeySearch): Set<string> {
  const found = new Set<string>();
  let rest: Buffer[] = [];
  for (let at = search.start; at < search.end; at += chunkBytes) {
    const chunk = bufferOf(search.source.read(at, Math.min(chunkBytes, search.end - at)));
    const last = chunk.lastIndexOf(newline) + 1;
    if (last === 0) {
      rest.push(chunk); // a line longer than the chunk is gathered until it ends
      continue;
    }
    const lines = Buffer.concat([...rest, chunk.subarray(0, last)]);
    rest = [chunk.subarray(last)];
    const table = indexLines(lines, search.key);
    for (let line = 0; line < table.count; line++) {
      const key = keyText(lineKey(table, line));
      if (search.keys.has(key)) found.add(key);
    }
  }
  return found;
}
