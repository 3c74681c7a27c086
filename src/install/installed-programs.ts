import { absolutePath, type InstallRecord } from "./install-record.ts";
import { fingerprint, readEntry } from "./saved-entry.ts";

/** A program of ours that is not what install wrote. */
export interface ChangedProgram {
  readonly path: string;
  readonly isMissing: boolean;
}

/** Looks at every file of ours below `<common-dir>/got` for being byte for byte what install wrote, mode included. */
export function changedPrograms(record: InstallRecord, commonDir: string): readonly ChangedProgram[] {
  return record.files
    .filter((file) => file.how === "whole" && file.path.startsWith("got/"))
    .flatMap((file) => {
      const absolute = absolutePath(commonDir, file.path);
      const entry = readEntry(absolute);
      if (fingerprint(entry) === file.after) return [];
      return [{ path: absolute, isMissing: entry.kind === "absent" }];
    });
}
