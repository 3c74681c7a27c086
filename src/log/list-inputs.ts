import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { openByteFile } from "../base/byte-file.ts";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem } from "./log.ts";

/** Folders of a log below `.got`, and how their files end. */
export const logFolders = [
  { folder: "events", ending: ".jsonl", kind: "log" },
  { folder: "snapshots", ending: ".json.gz", kind: "archive" },
] as const;

/** A file of a work tree's log. */
export interface FileInput extends LogInput {
  readonly path: string;
  /** When content or inode changed last; milliseconds since 1970. */
  readonly changedMs: number;
}

/**
 * Lists the files of the log in a work tree, by name. Symbolic links and what is no file are reported and left out.
 *
 * @throws GotError UNREADABLE_INPUT when `.got` or one of its folders is a symbolic link or can't be read;
 * LIMIT_EXCEEDED for too many files.
 */
export function listInputs(workTree: string, onProblem: (problem: LogProblem) => void): readonly FileInput[] {
  const root = path.join(workTree, ".got");
  refuseLink(root);
  const inputs: FileInput[] = [];
  for (const { folder, ending, kind } of logFolders) {
    const directory = path.join(root, folder);
    refuseLink(directory);
    for (const entry of entriesOf(directory)) {
      if (!entry.name.endsWith(ending) || entry.name.startsWith(".")) continue;
      const name = `${folder}/${entry.name}`;
      const file = path.join(directory, entry.name);
      const { size, changedMs, isFile } = shapeOf(file);
      if (!isFile) {
        onProblem({
          file: name,
          line: null,
          reason: "it is a symbolic link or no file, and is not followed",
        });
        continue;
      }
      inputs.push({ name, kind, size, path: file, changedMs, open: () => openByteFile(file) });
    }
  }
  if (inputs.length > limits.eventFiles) {
    throw new GotError(
      "LIMIT_EXCEEDED",
      `${root} has ${inputs.length} log files; ${limits.eventFiles} are the most`,
      {
        facts: { directory: root, files: inputs.length, limit: limits.eventFiles },
        hint: "Join old ones with got-hooks event compact.",
      },
    );
  }
  return inputs;
}

/** Tells whether a path below `.got` is a file of the log. */
export function isLogFile(name: string): boolean {
  return logFolders.some(
    ({ folder, ending }) =>
      /^[^/]+\/[^/.][^/]*$/.test(name) && name.startsWith(`${folder}/`) && name.endsWith(ending),
  );
}

/** @throws GotError UNREADABLE_INPUT when `file` is a symbolic link: nothing in a repository leads us out of it. */
export function refuseLink(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw new GotError("UNREADABLE_INPUT", `${file} is a symbolic link and is not followed`, {
    facts: { file },
    hint: "Replace the link by a folder.",
  });
}

function entriesOf(directory: string): readonly { readonly name: string }[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new GotError("UNREADABLE_INPUT", `Could not read ${directory}`, { facts: { directory }, cause });
  }
}

function shapeOf(file: string): Pick<FileInput, "size" | "changedMs"> & { readonly isFile: boolean } {
  const found = lstatSync(file, { throwIfNoEntry: false });
  return { size: found?.size ?? 0, changedMs: found?.ctimeMs ?? 0, isFile: found?.isFile() === true };
}
