import type { Timing } from "../timing.ts";

/**
 * Remembers the record that a process linked last. Who takes the same lock again within a second links the same record
 * again, which saves creating and removing a file; its `since` may then be up to a second early. A record is kept from the second time
 * on, so that a process which takes a lock once leaves nothing, and one at a time, so that little is left to sweep when it dies.
 */
export interface KeptDrafts {
  /** The file whose content is this text but for `since`, if it is young enough. */
  readonly reuse: (directory: string, text: string) => string | undefined;
  /** Notes a record that was just linked; true when its file is to stay. */
  readonly keep: (directory: string, file: string, text: string) => boolean;
  /** A file that was kept and is of no more use; to be removed. */
  readonly worn: () => string | undefined;
}

const keptMs = 1_000;

export function createKeptDrafts(timing: Timing): KeptDrafts {
  let last: { directory: string; key: string; atMs: number; file: string | undefined } | undefined;
  let discarded: string | undefined;
  return {
    reuse: (directory, text) => {
      if (
        last?.file === undefined ||
        last.directory !== directory ||
        timing.monotonicMs() - last.atMs > keptMs
      )
        return undefined;
      return last.key === keyOf(text) ? last.file : undefined;
    },
    keep: (directory, file, text) => {
      const [key, atMs] = [keyOf(text), timing.monotonicMs()];
      const again =
        last !== undefined &&
        last.directory === directory &&
        last.key === key &&
        atMs - last.atMs <= 2 * keptMs;
      discarded = last?.file;
      last = { directory, key, atMs, file: again ? file : undefined };
      return again;
    },
    worn: () => {
      const file = discarded;
      discarded = undefined;
      return file;
    },
  };
}

function keyOf(text: string): string {
  return text.replace(/^since .*$/m, "");
}
