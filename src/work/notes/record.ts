import type { Entity } from "../../model/entity.ts";
import type { Store } from "../../store/store.ts";

/** What a note or a decision can be linked to, as a caller names it. */
export interface LinkDraft {
  /** Kind of the edge: `relates_to`, `decides`. */
  readonly kind: string;
  /** The entity that it leads to. */
  readonly to: string;
}

/** One link as `show` has it. */
export interface ShownLink {
  readonly kind: string;
  /** `out`: from the record shown to `ref`; `in`: from `ref` to it. */
  readonly direction: "out" | "in";
  readonly ref: string;
  /** The first line of what it is called; null when it is called nothing. */
  readonly title: string | null;
  readonly status: string | null;
  /** Nobody has it in this work tree. */
  readonly isMissing: boolean;
}

export interface ShownCommit {
  readonly id: string;
  /** Null when this repository does not have the commit. */
  readonly subject: string | null;
}

/** A note or a decision with what it is linked to. */
export interface ShownRecord {
  readonly entity: Entity;
  readonly links: readonly ShownLink[];
  readonly commits: readonly ShownCommit[];
}

/** What notes and decisions ask git. */
export interface CommitNames {
  /** The full id of what a caller calls a commit; null when git knows none. */
  readonly resolve: (name: string) => string | null;
  /** By full id; null for commits that are not there. */
  readonly subjects: (ids: readonly string[]) => ReadonlyMap<string, string | null>;
}

/** What notes and decisions are opened with. */
export interface RecordContext {
  readonly store: Store;
  /** Top of the work tree; absolute. */
  readonly workTree: string;
  readonly commits: CommitNames;
  readonly agent: string;
  readonly now: () => Date;
  /** Sixteen or more random hexadecimal digits, for ids. */
  readonly randomHex: () => string;
}
