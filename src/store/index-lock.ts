import path from "node:path";
import type { ProcessTable } from "../lock/file/process-identity.ts";
import { removeIfThere, type StoreFiles, systemCode, writeAll } from "./store-files.ts";

/**
 * git's own lock on a work tree's index, held for the milliseconds in which the files of one transaction are replaced: `git add`,
 * `stash` and `commit` then see all of them or none. Only ever tried while the store's lock is held.
 */
export interface IndexLock {
  /** False when somebody else has it, or a `git stash` is reading the work tree. */
  readonly take: () => boolean;
  readonly release: () => void;
  readonly file: string;
}

/** First line of an index.lock of ours, so that one which a crash left can be told from git's. */
const ownMark = "got-hooks store\n";

/** Whether an `index.lock` is one of the store's, not git's. */
export function isOwnIndexLock(files: StoreFiles, file: string): boolean {
  try {
    const descriptor = files.open(file, "read");
    try {
      return files.read(descriptor, 0, ownMark.length).toString("latin1") === ownMark;
    } finally {
      files.close(descriptor);
    }
  } catch {
    return false;
  }
}

export function openIndexLock(
  files: StoreFiles,
  gitDir: string,
  processes: Pick<ProcessTable, "look">,
): IndexLock {
  const file = path.join(gitDir, "index.lock");
  const draft = path.join(gitDir, "got", "index.lock.draft");

  /**
   * The name appears with its content: nobody ever sees an empty one and takes it for git's, not even after a power cut, since
   * the one file that is linked each time was made durable before it got its name.
   */
  const link = (): boolean => {
    try {
      files.link(draft, file);
      return true;
    } catch (error) {
      if (systemCode(error) === "EEXIST") return false;
      if (systemCode(error) !== "ENOENT") throw error;
    }
    makeDraft();
    return link();
  };

  const makeDraft = (): void => {
    const unnamed = `${draft}.new`;
    files.makeDirectory(path.dirname(draft));
    removeIfThere(files, unnamed);
    const descriptor = files.open(unnamed, "create");
    try {
      writeAll(files, descriptor, Buffer.from(ownMark, "latin1"));
      files.syncNow(descriptor);
    } finally {
      files.close(descriptor);
    }
    files.rename(unnamed, draft);
  };

  /**
   * `git stash` turns its index.lock into `index.stash.<pid>`, and only then reads the work tree, without a lock. One that begins
   * while we hold index.lock stops at it; one that is under way has that file; one that was killed leaves it.
   */
  const isStashing = (): boolean =>
    files.list(gitDir).some((name) => {
      const pid = /^index\.stash\.(\d+)$/.exec(name)?.[1];
      return pid !== undefined && processes.look(Number(pid)).kind === "present";
    });

  const linkOrTakeOver = (): boolean => {
    if (link()) return true;
    // Whoever has the store's lock is the only one who may hold an index.lock of ours: this one's holder is dead.
    if (!isOwnIndexLock(files, file)) return false;
    removeIfThere(files, file);
    return link();
  };

  const release = (): void => removeIfThere(files, file);

  return {
    file,
    take: () => {
      if (!linkOrTakeOver()) return false;
      if (!isStashing()) return true;
      release();
      return false;
    },
    release,
  };
}
