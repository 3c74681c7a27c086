import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { ByteFile } from "../base/byte-file.ts";
import { limits } from "../base/limits.ts";
import { encodeSnapshot } from "../merge/merge-snapshot.ts";

/** What compaction says about one session in an archive. */
export interface SessionMark {
  readonly events: number;
  /** The newest of them. */
  readonly ts: string;
  readonly id: string;
}

/** Events for an archive, in total order. */
export interface ArchiveContent {
  /** One event's JSON each, as it stood in its log, byte for byte. */
  readonly lines: readonly Uint8Array[];
  readonly from: string;
  readonly to: string;
  readonly sessions: Readonly<Record<string, SessionMark>>;
}

export interface EncodedArchive {
  /** `<from>-<to>-<16 hex of SHA-256 over what is compressed>.json.gz`: the same events have the same name everywhere. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type DecodedArchive =
  | { readonly kind: "decoded"; /** Events with commas between them, one a line. */ readonly lines: Buffer }
  | { readonly kind: "broken"; readonly reason: string };

/** The newest form of archives that this version reads. */
export const archiveVersion = 1;

/**
 * Encodes an archive: one JSON object in one gzip member, the same bytes on every machine. Its first line ends with
 * `"events":[`, then each event stands on a line of its own, then `]}`; `checksum` is
 * SHA-256 over the first line's members without it, a newline and the lines of the events.
 */
export function encodeArchive(content: ArchiveContent): EncodedArchive {
  const comma = Buffer.from(",\n");
  const body = Buffer.concat(
    content.lines.flatMap((line, index) => (index === 0 ? [line] : [comma, line])).concat(Buffer.from("\n")),
  );
  const head = {
    got: "archive",
    version: archiveVersion,
    from: content.from,
    to: content.to,
    count: content.lines.length,
    sessions: Object.fromEntries(Object.entries(content.sessions).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
  const sealed = { ...head, checksum: checksumOf(head, body) };
  const plain = Buffer.concat([
    Buffer.from(`${JSON.stringify(sealed).slice(0, -1)},"events":[\n`),
    body,
    Buffer.from("]}\n"),
  ]);
  const hash = createHash("sha256").update(plain).digest("hex").slice(0, 16);
  return {
    name: `${compact(content.from)}-${compact(content.to)}-${hash}.json.gz`,
    bytes: encodeSnapshot(plain),
  };
}

/** Decompresses and checks an archive. Never throws for what is in it. */
export function decodeArchive(bytes: Uint8Array): DecodedArchive {
  let plain: Buffer;
  try {
    plain = gunzipSync(bytes, { maxOutputLength: limits.snapshotBytes });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "broken", reason: `it is not a readable gzip file: ${why}` };
  }
  const firstEnd = plain.indexOf("\n");
  const lines = plain.subarray(firstEnd + 1, plain.length - "]}\n".length);
  const first = plain.toString("utf8", 0, firstEnd);
  const head = parseHead(first.endsWith('"events":[') ? `${first}]}` : first);
  if (head === null || plain.toString("latin1", plain.length - 4) !== "\n]}\n") {
    return { kind: "broken", reason: "it is no archive of events" };
  }
  if (typeof head["version"] !== "number" || head["version"] > archiveVersion) {
    return {
      kind: "broken",
      reason: `its version ${JSON.stringify(head["version"])} is not known here: upgrade got-hooks`,
    };
  }
  const { checksum, events: _, ...sealed } = head;
  if (checksum !== checksumOf(sealed, lines)) {
    return { kind: "broken", reason: "its checksum does not match what is in it" };
  }
  return { kind: "decoded", lines };
}

function checksumOf(head: object, body: Uint8Array): string {
  return createHash("sha256")
    .update(`${JSON.stringify(head)}\n`)
    .update(body)
    .digest("hex");
}

/** Reads the whole of an open file. */
export function wholeFile(file: ByteFile): Uint8Array {
  return file.read(0, file.size);
}

/** The newest stamp that an archive's name speaks of, in milliseconds; NaN for another name. */
export function newestInName(name: string): number {
  const match = /^\d{8}T\d{9}Z-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{16}\.json\.gz$/.exec(
    name,
  );
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, ms] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

function compact(stamp: string): string {
  return stamp.replaceAll(/[-:.]/g, "");
}

function parseHead(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object; every member is checked where it is used
    const head = value as Record<string, unknown>;
    return head["got"] === "archive" ? head : null;
  } catch {
    return null;
  }
}
