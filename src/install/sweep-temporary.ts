import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { absolutePath, type InstallRecord } from "./install-record.ts";

/** What `writeFileAtomic` calls its temporary files. */
const temporaryName = /^\.got-[0-9a-f]{16}\.tmp$/;

/** Removes temporary files that an interrupted run left beside the files of a record; the install lock is held. */
export function sweepTemporary(record: InstallRecord, commonDir: string): void {
  const written = [...record.files, ...record.chains].map((one) =>
    path.dirname(absolutePath(commonDir, one.path)),
  );
  for (const directory of new Set([path.join(commonDir, "got"), ...written])) {
    for (const name of namesIn(directory)) {
      if (temporaryName.test(name)) rmSync(path.join(directory, name), { force: true });
    }
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Not made yet, or gone already: then nothing is in it.
    return [];
  }
}
