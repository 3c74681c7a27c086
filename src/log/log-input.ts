import type { ByteFile } from "../base/byte-file.ts";

/** One file of a log, wherever it is kept: a work tree, a commit. */
export interface LogInput {
  /** `events/<name>.jsonl` or `snapshots/<name>.json.gz`. */
  readonly name: string;
  /** An archive is compressed and holds one event a line between a first and a last line; see archive.ts. */
  readonly kind: "log" | "archive";
  /** Bytes as stored. */
  readonly size: number;
  /** Opens the bytes as stored. @throws the system's error. */
  readonly open: () => ByteFile;
}

/** A file whose bytes are at hand. */
export function bytesInput(name: string, bytes: Uint8Array): LogInput {
  return {
    name,
    kind: name.endsWith(".json.gz") ? "archive" : "log",
    size: bytes.length,
    open: () => ({
      size: bytes.length,
      read: (offset, length) => bytes.subarray(offset, offset + length),
      close: () => {},
    }),
  };
}
