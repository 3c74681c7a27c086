import { GotError } from "../base/errors.ts";
import type { EntityFiles } from "./entity-files.ts";
import { storeLimits } from "./store-limits.ts";
import { createVersionIndex, type Version, type VersionIndex } from "./version-index.ts";
import type { TransactionRecord } from "./wal-record.ts";
import type { Wal } from "./wal.ts";

/** What a transaction saw of an entity: the version that the log knew, and the text that was read. */
export interface Seen {
  readonly lsn: number;
  readonly text: string | null;
}

/** The state of one work tree's entities as log and files together tell it. Reading takes no lock. */
export interface Engine {
  readonly wal: Wal;
  readonly index: VersionIndex;
  readonly files: EntityFiles;
  /** Records that the files do not have yet, as far as is known. */
  readonly unapplied: () => readonly TransactionRecord[];
  /** Records of the present segment: what a power cut may have taken out of the files again. */
  readonly inSegment: () => readonly TransactionRecord[];
  /** Takes in what others have appended. */
  readonly catchUp: () => void;
  /** Takes in what we have appended. */
  readonly added: (records: readonly TransactionRecord[]) => void;
  readonly noteApplied: (lsn: number, boot: string) => void;
  /** How often what was known became void; a transaction that began before cannot go on. */
  readonly generation: () => number;
  /**
   * The entity as of `lsn`. `tooOld`: forgotten. In a listing the folder has been checked, and the caller catches up once at the
   * end and asks again for what has changed.
   */
  readonly seenAt: (ref: string, lsn: number, isListing?: boolean) => Seen | "tooOld";
  /** The text that log and file agree on now; under the lock. */
  readonly current: (ref: string) => { readonly known: Version | undefined; readonly text: string | null };
}

export function createEngine(options: {
  readonly wal: Wal;
  readonly files: EntityFiles;
  readonly oldestNeeded: () => number;
}): Engine {
  const { wal, files } = options;
  const index = createVersionIndex(options.oldestNeeded);
  let unapplied: TransactionRecord[] = [];
  let inSegment: TransactionRecord[] = [];
  let generation = 0;

  const added: Engine["added"] = (records) => {
    for (const record of records) {
      index.add(record);
      unapplied.push(record);
      inSegment.push(record);
    }
  };
  const dropApplied = (): void => {
    const applied = wal.appliedLsn();
    if ((unapplied[0]?.lsn ?? Infinity) <= applied) unapplied = unapplied.filter(({ lsn }) => lsn > applied);
  };
  const catchUp = (): void => {
    const { records, restarted } = wal.catchUp();
    if (restarted) {
      generation++;
      index.clear();
      unapplied = [];
      inSegment = [];
    }
    added(records);
    dropApplied();
    if ((inSegment[0]?.lsn ?? Infinity) <= wal.segmentLsn())
      inSegment = inSegment.filter(({ lsn }) => lsn > wal.segmentLsn());
  };

  const seenAt: Engine["seenAt"] = (ref, lsn, isListing = false) => {
    for (let attempt = 0; attempt < storeLimits.readAttempts; attempt++) {
      const version = index.at(ref, lsn);
      if (version === "tooOld") return version;
      const newest = index.newest(ref);
      // Somebody has changed it since, or the file does not have it yet: the log alone counts.
      if (version !== undefined && (version !== newest || version.lsn > wal.appliedLsn())) return version;
      const text = files.read(ref, isListing);
      if (version !== undefined && version.text === text) return version;
      // Either it was edited by hand or by git, or a record that we have not read yet is behind it.
      if (!isListing) catchUp();
      if (index.newest(ref)?.lsn === newest?.lsn) return { lsn: newest?.lsn ?? 0, text };
    }
    throw new GotError("STORE_UNUSABLE", `${files.path(ref)} changes faster than it can be read`, {
      facts: { ref },
    });
  };

  return {
    wal,
    index,
    files,
    unapplied: () => unapplied,
    inSegment: () => (inSegment = inSegment.filter(({ lsn }) => lsn > wal.segmentLsn())),
    catchUp,
    added,
    noteApplied: (lsn, boot) => {
      wal.noteApplied(lsn, boot);
      dropApplied();
    },
    generation: () => generation,
    seenAt,
    current: (ref) => {
      const known = index.newest(ref);
      if (known !== undefined && known.lsn > wal.appliedLsn()) return { known, text: known.text };
      return { known, text: files.read(ref) };
    },
  };
}
