import path from "node:path";
import { GotError } from "../base/errors.ts";
import { readWhole, removeIfThere, type StoreFiles, systemCode, writeAll } from "./store-files.ts";
import { storeLimits } from "./store-limits.ts";
import { decodeFrame, encodeFrame, type TransactionRecord, walFormat, type WalFrame } from "./wal-record.ts";

/**
 * The write-ahead log of one work tree: segments of frames in `<git-dir>/got/wal`, and a checkpoint that names the segment
 * from which recovery begins. Everybody reads without a lock, up to the last whole frame; who writes holds the store's lock.
 */
export interface Wal {
  /** The newest record seen, and up to where the files have them. */
  readonly lastLsn: () => number;
  readonly appliedLsn: () => number;
  /** The boot of the newest note of `applied`; undefined when everything in the files is on the disk for certain. */
  readonly appliedBoot: () => string | undefined;
  /**
   * Reads what was appended since the last time. `restarted`: so much has happened that the segments in between are gone;
   * what was known before is void, and reading has begun anew at the checkpoint.
   */
  readonly catchUp: () => { readonly records: readonly TransactionRecord[]; readonly restarted: boolean };
  /** Under the lock, after `catchUp`: cuts off what a crash left of a frame, keeps it aside, and names the file it is in. */
  readonly cutTorn: () => string | null;
  /** Under the lock. All of them or none. */
  readonly append: (records: readonly TransactionRecord[]) => void;
  /** Under the lock. */
  readonly noteApplied: (lsn: number, boot: string) => void;
  /** Makes everything appended so far durable; returns up to which record that is. */
  readonly sync: () => Promise<number>;
  readonly syncNow: () => void;
  /** Under the lock, with everything applied and durable in the files: begins a new segment. */
  readonly rotate: () => void;
  readonly sizeBytes: () => number;
  /** The newest record before the present segment: up to there nothing can be lost any more. */
  readonly segmentLsn: () => number;
  readonly close: () => void;
}

interface Position {
  descriptor: number;
  segment: number;
  offset: number;
}

export function openWal(options: { readonly files: StoreFiles; readonly directory: string }): Wal {
  const { files, directory } = options;
  const at = (segment: number): string => path.join(directory, `${String(segment).padStart(8, "0")}.wal`);
  const checkpointFile = path.join(directory, "checkpoint");
  let here: Position | null = null;
  let lastLsn = 0;
  let appliedLsn = 0;
  let appliedBoot: string | undefined;
  let segmentLsn = 0;

  const open = (segment: number): boolean => {
    let descriptor: number;
    try {
      // Not created by reading: a repository that nobody writes to stays as it is.
      if (files.kind(at(segment)) === "none") return false;
      descriptor = files.open(at(segment), "append");
    } catch (cause) {
      if (systemCode(cause) !== "EACCES" && systemCode(cause) !== "EROFS") throw unusable(at(segment), cause);
      descriptor = files.open(at(segment), "read");
    }
    close();
    here = { descriptor, segment, offset: 0 };
    return true;
  };

  const close = (): void => {
    if (here !== null) files.close(here.descriptor);
    here = null;
  };

  const readCheckpoint = (): number => {
    const bytes = readWhole(files, checkpointFile, 4096);
    if (bytes === null) return 1;
    try {
      const value: unknown = JSON.parse(bytes === "tooLarge" ? "" : bytes.toString("utf8"));
      if (
        typeof value === "object" &&
        value !== null &&
        "segment" in value &&
        Number.isSafeInteger(value.segment)
      ) {
        return Number(value.segment);
      }
    } catch {
      // Reported below: the file is replaced in one step, so no crash of ours leaves it broken.
    }
    throw unusable(checkpointFile, new Error("it is not a checkpoint"));
  };

  const catchUp: Wal["catchUp"] = () => {
    const records: TransactionRecord[] = [];
    let restarted = false;
    if (here === null && !open(readCheckpoint())) return { records, restarted };
    for (;;) {
      const next = readFrames(records);
      if (next === null) return { records, restarted };
      if (open(next)) continue;
      restarted = true;
      records.length = 0;
      if (!open(readCheckpoint()))
        throw unusable(checkpointFile, new Error("the segment it names is missing"));
    }
  };

  /** Reads on to the last whole frame; returns the next segment where this one ends. */
  const readFrames = (records: TransactionRecord[]): number | null => {
    if (here === null) return null;
    const size = files.size(here.descriptor);
    if (size <= here.offset) return null;
    const bytes = files.read(here.descriptor, here.offset, size - here.offset);
    for (let offset = 0; ;) {
      const found = decodeFrame(bytes, offset);
      if (found === null) return null;
      // Before it counts as read: a log that is refused once is refused each time, and never written to.
      const next = take(found.frame, records);
      here.offset += found.next - offset;
      offset = found.next;
      if (next !== null) return next;
    }
  };

  const take = (frame: WalFrame, records: TransactionRecord[]): number | null => {
    switch (frame.k) {
      case "wal":
        checkFormat(frame.format, directory);
        if (frame.lsn > lastLsn) lastLsn = frame.lsn;
        if (frame.lsn > appliedLsn) appliedLsn = frame.lsn;
        appliedBoot = undefined;
        segmentLsn = frame.lsn;
        return null;
      case "tx":
        lastLsn = frame.lsn;
        records.push(frame);
        return null;
      case "applied":
        appliedLsn = Math.max(appliedLsn, frame.lsn);
        appliedBoot = frame.boot;
        return null;
      case "next":
        return frame.segment;
    }
  };

  const appendBytes = (bytes: Buffer): void => {
    if (here === null) begin(1);
    if (here === null) return;
    try {
      writeAll(files, here.descriptor, bytes);
    } catch (cause) {
      // What was written of it is taken back, else the next writer does that.
      try {
        files.truncate(here.descriptor, here.offset);
      } catch {
        // A disk that refuses this too keeps a torn frame, which nobody reads.
      }
      throw new GotError("WRITE_FAILED", `Could not append to ${at(here.segment)}`, {
        facts: { file: at(here.segment), code: systemCode(cause) ?? "unknown" },
        hint: "Nothing was changed. Make room or the directory writable, and try again.",
        cause,
      });
    }
    here.offset += bytes.length;
  };

  /** Makes a segment with its first frame, durable under its name. */
  const create = (segment: number): void => {
    try {
      makeDurableDirectory();
      writeDurably(at(segment), encodeFrame({ k: "wal", format: walFormat, segment, lsn: lastLsn }));
    } catch (cause) {
      throw unusable(at(segment), cause);
    }
  };

  /** The folder's own name has to survive as well: a log that nobody finds is lost. */
  const makeDurableDirectory = (): void => {
    if (files.kind(directory) === "directory") return;
    files.makeDirectory(directory);
    const got = path.dirname(directory);
    for (const folder of [got, path.dirname(got)]) files.syncDirectory(folder);
  };

  const writeDurably = (file: string, bytes: Uint8Array): void => {
    const draft = `${file}.new`;
    removeIfThere(files, draft);
    const descriptor = files.open(draft, "create");
    try {
      writeAll(files, descriptor, bytes);
      files.syncNow(descriptor);
    } finally {
      files.close(descriptor);
    }
    files.rename(draft, file);
    files.syncDirectory(path.dirname(file));
  };

  const begin = (segment: number): void => {
    create(segment);
    if (!open(segment)) throw unusable(at(segment), new Error("it vanished"));
    readFrames([]);
  };

  const rotate: Wal["rotate"] = () => {
    if (here === null) return;
    const segment = here.segment + 1;
    create(segment);
    appendBytes(encodeFrame({ k: "next", segment }));
    files.syncNow(here.descriptor);
    writeDurably(checkpointFile, Buffer.from(`${JSON.stringify({ version: 1, segment, lsn: lastLsn })}\n`));
    if (!open(segment)) throw unusable(at(segment), new Error("it vanished"));
    readFrames([]);
    for (const name of files.list(directory)) {
      const number = /^(\d+)\.wal$/.exec(name)?.[1];
      if (number !== undefined && Number(number) < segment - storeLimits.segmentsKept) {
        removeIfThere(files, path.join(directory, name));
      }
    }
  };

  return {
    lastLsn: () => lastLsn,
    appliedLsn: () => appliedLsn,
    appliedBoot: () => appliedBoot,
    catchUp,
    cutTorn: () => {
      if (here === null) return null;
      const size = files.size(here.descriptor);
      if (size <= here.offset) return null;
      const kept = path.join(directory, `torn-${here.segment}-${here.offset}`);
      removeIfThere(files, kept);
      writeDurably(kept, files.read(here.descriptor, here.offset, size - here.offset));
      files.truncate(here.descriptor, here.offset);
      return kept;
    },
    append: (records) => {
      appendBytes(Buffer.concat(records.map(encodeFrame)));
      lastLsn = records.at(-1)?.lsn ?? lastLsn;
    },
    noteApplied: (lsn, boot) => {
      appendBytes(encodeFrame({ k: "applied", lsn, boot }));
      appliedLsn = lsn;
      appliedBoot = boot;
    },
    sync: async () => {
      const lsn = lastLsn;
      if (here !== null) await files.sync(here.descriptor);
      return lsn;
    },
    syncNow: () => {
      if (here !== null) files.syncNow(here.descriptor);
    },
    rotate,
    sizeBytes: () => here?.offset ?? 0,
    segmentLsn: () => segmentLsn,
    close,
  };
}

function checkFormat(format: number, directory: string): void {
  if (format <= walFormat) return;
  throw new GotError(
    "STORE_UNUSABLE",
    `${directory} was written by a newer got-hooks (format ${format}, this one reads ${walFormat})`,
    {
      facts: { directory, format, understood: walFormat },
      hint: "Upgrade got-hooks; nothing was changed.",
    },
  );
}

function unusable(file: string, cause: unknown): GotError {
  if (cause instanceof GotError) return cause;
  return new GotError("STORE_UNUSABLE", `${file} cannot be used (${systemCode(cause) ?? "broken"})`, {
    facts: { file, code: systemCode(cause) ?? "broken" },
    hint: "See that the directory is there, is writable and belongs to you.",
    cause,
  });
}
