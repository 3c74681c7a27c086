import { createHash } from "node:crypto";

/** One entity in a record: its text before and after; null where there is no file. */
export interface Change {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** An event that belongs to a record. Its id is fixed, so that recovery may append it again without harm. */
export interface StoreEvent {
  readonly id: string;
  readonly event: "entity.created" | "entity.updated" | "entity.deleted";
  readonly ref: string;
  readonly version: number;
  /** New values of the members that changed, removed ones as null; null where they would be too long for a line. */
  readonly fields: Readonly<Record<string, unknown>> | null;
  /** Who changed it; `outside` for a file that was edited by hand or by git. */
  readonly by: string;
  /** The transaction. */
  readonly tx: string;
}

/** A committed transaction (or an edit from outside that was adopted). One whole record is the commit point. */
export interface TransactionRecord {
  readonly k: "tx";
  /** Log sequence number: grows by one from record to record. */
  readonly lsn: number;
  readonly id: string;
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly by: string;
  readonly changes: readonly Change[];
  readonly events: readonly StoreEvent[];
}

export type WalFrame =
  /** First in every segment: the format, and the last record before it; up to there everything is in the files, durably. */
  | { readonly k: "wal"; readonly format: number; readonly segment: number; readonly lsn: number }
  | TransactionRecord
  /** All records up to `lsn` are in the files, as far as the system that booted as `boot` is concerned. */
  | { readonly k: "applied"; readonly lsn: number; readonly boot: string }
  /** Last in a segment: where it goes on. */
  | { readonly k: "next"; readonly segment: number };

/** The newest format that this version reads and the one that it writes. */
export const walFormat = 1;

/** Bytes before the payload: its length (32 bits, little endian) and 16 bytes of its SHA-256. */
export const frameHead = 20;

export function encodeFrame(frame: WalFrame): Buffer {
  const payload = Buffer.from(JSON.stringify(frame), "utf8");
  const bytes = Buffer.allocUnsafe(frameHead + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  digest(payload).copy(bytes, 4);
  payload.copy(bytes, frameHead);
  return bytes;
}

/** Reads the frame at `offset`; null when it is not whole: torn by a crash, or still being written. */
export function decodeFrame(
  bytes: Buffer,
  offset: number,
): { readonly frame: WalFrame; readonly next: number } | null {
  if (bytes.length - offset < frameHead) return null;
  const length = bytes.readUInt32LE(offset);
  const next = offset + frameHead + length;
  if (length === 0 || next > bytes.length) return null;
  const payload = bytes.subarray(offset + frameHead, next);
  if (!digest(payload).equals(bytes.subarray(offset + 4, offset + frameHead))) return null;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what encodeFrame has written, as its digest says
  return { frame: JSON.parse(payload.toString("utf8")) as WalFrame, next };
}

function digest(payload: Uint8Array): Buffer {
  return createHash("sha256").update(payload).digest().subarray(0, 16);
}
