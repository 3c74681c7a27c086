import path from "node:path";
import type { SavedEntry } from "./saved-entry.ts";

/**
 * `<common-dir>/got/install.json`: what install changed, byte for byte. It is written before the first change and again
 * after the last, so that whatever stops an installation, the next one completes it and uninstall takes it back.
 *
 * Paths inside the repository are relative to the common directory: the record survives a move of the repository.
 */
export interface InstallRecord {
  readonly version: 1;
  readonly state: "installing" | "installed" | "uninstalling";
  /** The got-hooks version that wrote the record. */
  readonly gotVersion: string;
  /** How git reaches our hooks. */
  readonly tier: Tier;
  readonly files: readonly FileRecord[];
  readonly chains: readonly ChainRecord[];
  readonly config: readonly ConfigRecord[];
  /** The repository's configuration file as a whole; null when it cannot be put back as a whole any more. */
  readonly configFile: { readonly before: SavedEntry; readonly after: string } | null;
  /** A hooks directory outside of the repository that others use as well; null mostly. */
  readonly sharedHooks: string | null;
  /** Directories that install made, outermost first. */
  readonly directories: readonly string[];
}

export const tiers = [
  "config",
  "husky",
  "lefthook",
  "simple-git-hooks",
  "pre-commit",
  "hooks-path",
  "stubs",
] as const;
export type Tier = (typeof tiers)[number];

/** A file that install wrote, or wrote its part into. */
export interface FileRecord {
  readonly path: string;
  /**
   * - `whole`: all of it is ours.
   * - `part`: our lines in somebody's file.
   * - `json`: our lines in commands of somebody's JSON file; `at` says in which object.
   * - `seed`: written once where nothing was; from then on it is the user's.
   */
  readonly how: "whole" | "part" | "json" | "seed";
  readonly at?: readonly string[];
  readonly before: SavedEntry;
  /** The fingerprint of what install wrote. */
  readonly after: string;
}

/** A hook that stood where our stub stands now; it was moved aside, with its mode, and is run by ours. */
export interface ChainRecord {
  readonly path: string;
  readonly chained: string;
  /** The fingerprint of our stub. */
  readonly after: string;
}

export interface ConfigRecord {
  readonly key: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export function emptyRecord(gotVersion: string, tier: Tier): InstallRecord {
  return {
    version: 1,
    state: "installing",
    gotVersion,
    tier,
    files: [],
    chains: [],
    config: [],
    configFile: null,
    sharedHooks: null,
    directories: [],
  };
}

export function formatRecord(record: InstallRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** A path as the record keeps it: relative to the common directory, unless it is in an unrelated place. */
export function recordPath(commonDir: string, absolute: string, inside: readonly string[]): string {
  const within = [commonDir, ...inside].some(
    (root) => absolute === root || absolute.startsWith(root + path.sep),
  );
  return within ? path.relative(commonDir, absolute) : absolute;
}

export function absolutePath(commonDir: string, recorded: string): string {
  return path.resolve(commonDir, recorded);
}
