import { storeLimits } from "./store-limits.ts";
import type { TransactionRecord } from "./wal-record.ts";

/** What an entity's file held from `lsn` on; null when there was none. */
export interface Version {
  /** 0 for what was there before the first record that this process knows. */
  readonly lsn: number;
  readonly text: string | null;
}

/** The versions of entities that the write-ahead log tells of, oldest first: what snapshot reads are served from. */
export interface VersionIndex {
  readonly add: (record: TransactionRecord) => void;
  readonly newest: (ref: string) => Version | undefined;
  readonly newestOfAll: () => Iterable<Version & { readonly ref: string }>;
  /** The newest version not later than `lsn`. `tooOld`: it was forgotten. Undefined: the log tells nothing, the file counts. */
  readonly at: (ref: string, lsn: number) => Version | "tooOld" | undefined;
  /** Entities of a type that the log knows. */
  readonly refsOf: (type: string) => readonly string[];
  /** Entities changed after `lsn`. */
  readonly changedSince: (lsn: number) => readonly string[];
  readonly clear: () => void;
}

/** @param oldestNeeded the least LSN that a running transaction reads at. */
export function createVersionIndex(oldestNeeded: () => number): VersionIndex {
  const chains = new Map<string, Version[]>();
  const types = new Map<string, Set<string>>();

  const add: VersionIndex["add"] = (record) => {
    for (const { ref, before, after } of record.changes) {
      let chain = chains.get(ref);
      if (chain === undefined) {
        chains.set(ref, (chain = [{ lsn: 0, text: before }]));
        const type = ref.slice(0, ref.indexOf(":"));
        types.set(type, (types.get(type) ?? new Set()).add(ref));
      }
      chain.push({ lsn: record.lsn, text: after });
      if (chain.length > storeLimits.versionsKept) forget(chain);
    }
  };

  const forget = (chain: Version[]): void => {
    const needed = oldestNeeded();
    let first = chain.findLastIndex(({ lsn }) => lsn <= needed);
    first = Math.min(first, chain.length - 2);
    if (first > 0) chain.splice(0, first);
  };

  return {
    add,
    newest: (ref) => chains.get(ref)?.at(-1),
    *newestOfAll() {
      for (const [ref, chain] of chains) {
        const newest = chain.at(-1);
        if (newest !== undefined) yield { ref, ...newest };
      }
    },
    at: (ref, lsn) => {
      const chain = chains.get(ref);
      if (chain === undefined) return undefined;
      return chain.findLast((version) => version.lsn <= lsn) ?? "tooOld";
    },
    refsOf: (type) => [...(types.get(type) ?? [])],
    changedSince: (lsn) =>
      [...chains].filter(([, chain]) => (chain.at(-1)?.lsn ?? 0) > lsn).map(([ref]) => ref),
    clear: () => {
      chains.clear();
      types.clear();
    },
  };
}
