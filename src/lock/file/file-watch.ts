import { type FSWatcher, watch } from "node:fs";

/**
 * Watches one file at a time for its end or a new link to it, so that a queue need not be polled. Where the system has no
 * more watches to give, nothing is reported and the caller's slower polling does the work.
 */
export interface FileWatch {
  /** Turns to this file. True when it was watched already, so that nothing can have been missed since the last look. */
  readonly turnTo: (file: string) => boolean;
  /** Calls `listener` at the next change, once; the function returned takes that back. */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => void;
}

export function createFileWatch(): FileWatch {
  let watched: { readonly file: string; readonly watcher: FSWatcher | undefined } | undefined;
  let listener: (() => void) | undefined;
  let missed = false;

  const close = (): void => {
    watched?.watcher?.close();
    watched = undefined;
  };
  const changed = (): void => {
    if (listener === undefined) missed = true;
    listener?.();
  };
  return {
    turnTo: (file) => {
      if (watched?.file === file) return true;
      close();
      missed = false;
      watched = { file, watcher: tryWatch(file, changed) };
      return false;
    },
    onChange: (added) => {
      if (missed) added();
      missed = false;
      listener = added;
      return () => {
        listener = undefined;
      };
    },
    close,
  };
}

function tryWatch(file: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(file, { persistent: false }, changed);
    // The file may go between two system calls, or watches may run out: polling remains.
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
