import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { type GitCall, runGit } from "./run-git.ts";

/** Variables under which git reads a repository's objects and writes new ones elsewhere. */
export interface ScratchObjects {
  readonly environment: Readonly<Record<string, string>>;
  readonly dispose: () => void;
}

/**
 * Makes a folder for the objects of a trial merge: nothing of it is ever in the repository.
 *
 * @param temporary where the folder is made.
 */
export function scratchObjects(call: GitCall, temporary: string): ScratchObjects {
  const asked = runGit(call, ["rev-parse", "--path-format=absolute", "--git-path", "objects"]);
  const objects = asked.replace(/\n$/, "");
  const folder = mkdtempSync(path.join(temporary, "got-objects-"));
  return {
    environment: {
      GIT_OBJECT_DIRECTORY: folder,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: quotedPath(objects),
    },
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The list is divided at colons (semicolons on Windows); what has one, or begins with a quote, stands in quotes with C escapes. */
function quotedPath(file: string): string {
  if (!file.includes(path.delimiter) && !file.startsWith('"')) return file;
  return `"${file.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
