import path from "node:path";
import type { Engine } from "./engine.ts";
import { requireRef } from "./entity-files.ts";
import type { MergeTexts } from "./merge-texts.ts";
import { adoptionRecord } from "./prepare.ts";
import { removeIfThere, type StoreFiles, writeAll } from "./store-files.ts";
import type { StoreProblem } from "./store.ts";
import type { TransactionRecord } from "./wal-record.ts";

export interface ApplyOptions {
  readonly engine: Engine;
  readonly files: StoreFiles;
  /** Where files are kept that were edited in between and could not be merged. */
  readonly keptDirectory: string;
  readonly durable: boolean;
  readonly now: () => Date;
  /** Undefined until it is loaded. */
  readonly merge: MergeTexts | undefined;
  readonly onProblem: (problem: StoreProblem) => void;
}

/**
 * Brings records into the files, each entity once with its newest text. Under the lock; doing it again changes nothing.
 * A file that is none of the versions that the records tell of was edited in between: it is merged, or kept aside and told.
 *
 * @returns `needsMerge` when it has to be called again with `merge`.
 */
export function applyRecords(
  records: readonly TransactionRecord[],
  options: ApplyOptions,
): "done" | "needsMerge" {
  const { engine } = options;
  const work = new Map<string, { readonly images: (string | null)[]; applied: boolean }>();
  const appliedLsn = engine.wal.appliedLsn();
  for (const { lsn, changes } of records) {
    for (const { ref, before, after } of changes) {
      const known = work.get(ref);
      if (known === undefined) work.set(ref, { images: [before, after], applied: lsn <= appliedLsn });
      else {
        known.images.push(after);
        known.applied = lsn <= appliedLsn;
      }
    }
  }
  for (const [ref, { images, applied }] of work) {
    if (engine.files.together(() => applyImages(ref, images, applied, options)) === "needsMerge")
      return "needsMerge";
  }
  return "done";
}

function applyImages(
  ref: string,
  images: readonly (string | null)[],
  applied: boolean,
  options: ApplyOptions,
): ReturnType<typeof applyRecords> {
  const { engine, merge } = options;
  const target = images.at(-1) ?? null;
  const found = readOrLost(options, ref);
  if (found === target) return "done";
  if (found === "lost" || images.includes(found) || isRemnant(found, images)) {
    engine.files.write(ref, target, options.durable);
    return "done";
  }
  // It was in the files once, and somebody has edited it since: theirs is the newer one.
  if (applied) return "done";
  if (merge === undefined) return "needsMerge";
  settleEdit({ ref, base: images[0] ?? null, target, found }, options, merge);
  return "done";
}

/** What a power cut leaves of a file that was not synced: the beginning of it, and zeros for the rest. */
function isRemnant(found: string | null, images: readonly (string | null)[]): boolean {
  const beginning = found?.replace(/\0+$/, "");
  return beginning !== undefined && images.some((image) => image?.startsWith(beginning) === true);
}

/** The file's text; `lost` for what a power cut leaves of one: nothing at all, or zeros. */
function readOrLost({ engine, onProblem, ...options }: ApplyOptions, ref: string): string | null {
  let text: string | null;
  try {
    text = engine.files.read(ref);
  } catch {
    const kept = keepAside(options, ref, engine.files.path(ref), engine.wal.lastLsn());
    onProblem({
      kind: "keptAside",
      file: kept,
      reason: `${engine.files.path(ref)} was not readable as text when ${ref} was written`,
    });
    return "lost";
  }
  return text !== null && /^\0*$/.test(text) ? "lost" : text;
}

function settleEdit(
  edit: {
    readonly ref: string;
    readonly base: string | null;
    readonly target: string | null;
    readonly found: string | null;
  },
  options: ApplyOptions,
  merge: MergeTexts,
): void {
  const { engine } = options;
  const { ref, base, target, found } = edit;
  const merged = found === null || target === null ? null : merge({ ref, base, ours: target, theirs: found });
  if (merged === null) {
    if (found !== null) {
      const file = engine.files.path(ref);
      const kept = keepAside(options, ref, file, engine.wal.lastLsn());
      options.onProblem({
        kind: "keptAside",
        file: kept,
        reason: `${file} was edited while a transaction wrote ${ref}; the edit is kept here`,
      });
    }
    engine.files.write(ref, target, options.durable);
    return;
  }
  const record = adoptionRecord(engine.wal.lastLsn() + 1, options.now().toISOString(), [
    { ref, before: target, after: merged },
  ]);
  engine.wal.append([record]);
  engine.wal.syncNow();
  engine.added([record]);
  engine.files.write(ref, merged, options.durable);
}

/** Copies a file's bytes to where nobody writes; returns the copy's path. */
function keepAside(
  { files, keptDirectory }: Pick<ApplyOptions, "files" | "keptDirectory">,
  ref: string,
  file: string,
  lsn: number,
): string {
  const { type, id } = requireRef(ref);
  const kept = path.join(keptDirectory, type, `${id}.${lsn}.json`);
  files.makeDirectory(path.dirname(kept));
  removeIfThere(files, kept);
  const from = files.open(file, "read");
  try {
    const to = files.open(kept, "create");
    try {
      const size = files.size(from);
      for (let offset = 0; offset < size;) {
        const bytes = files.read(from, offset, 1024 * 1024);
        if (bytes.length === 0) break;
        writeAll(files, to, bytes);
        offset += bytes.length;
      }
      files.syncNow(to);
    } finally {
      files.close(to);
    }
  } finally {
    files.close(from);
  }
  return kept;
}
