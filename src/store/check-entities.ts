import path from "node:path";
import { GotError } from "../base/errors.ts";
import { findDataProblems } from "../model/data-problems.ts";
import { complaintAboutRef, foldedName } from "../model/entity-ref.ts";
import { openEntityFiles, requireEntity } from "./entity-files.ts";
import type { Entity } from "../model/entity.ts";
import { removeIfThere, type StoreFiles, systemStoreFiles } from "./store-files.ts";

export interface EntityProblem {
  readonly file: string;
  /** Counted from 1; null when the file as a whole is meant. */
  readonly line: number | null;
  readonly reason: string;
  readonly repaired: boolean;
}

export interface CheckedEntities {
  readonly entities: readonly Entity[];
  readonly problems: readonly EntityProblem[];
}

/**
 * Looks at every file under `.got/entities` and at what crashes have left: names, JSON, checksums, names that other disks take for
 * one, drafts, torn records and edits that were kept aside. With `repair`, drafts are removed.
 */
export function checkEntities(options: {
  readonly workTree: string;
  readonly gitDir: string;
  readonly repair: boolean;
  readonly files?: StoreFiles;
}): CheckedEntities {
  const files = options.files ?? systemStoreFiles;
  const opened = openEntityFiles(files, options.workTree);
  const root = path.join(options.workTree, ".got", "entities");
  const entities: Entity[] = [];
  const problems: EntityProblem[] = [];
  const report = (file: string, line: number | null, reason: string, repaired = false): void =>
    void problems.push({ file, line, reason, repaired });

  for (const type of listOrNone(files, root)) {
    const folder = path.join(root, type);
    if (files.kind(folder) !== "directory") {
      report(
        folder,
        null,
        files.kind(folder) === "file" ? "no file belongs here" : "it is a symbolic link and is not followed",
      );
      continue;
    }
    const folded = new Map<string, string>();
    for (const name of files.list(folder).sort()) checkFile(type, folder, name, folded);
  }
  const got = path.join(options.gitDir, "got");
  for (const name of listOrNone(files, path.join(got, "wal"))) {
    if (name.startsWith("torn-"))
      report(
        path.join(got, "wal", name),
        null,
        "a record that a crash left unfinished; it was not committed. Remove it when you have looked at it",
      );
  }
  for (const type of listOrNone(files, path.join(got, "kept"))) {
    for (const name of listOrNone(files, path.join(got, "kept", type))) {
      report(
        path.join(got, "kept", type, name),
        null,
        `an edit of ${type}:${name.replace(/\.\d+\.json$/, "")} that could not be merged. Take from it what is missing, then remove it`,
      );
    }
  }
  return { entities, problems };

  function checkFile(type: string, folder: string, name: string, folded: Map<string, string>): void {
    const file = path.join(folder, name);
    if (/^\.got-[0-9a-f]{16}\.tmp$/.test(name)) {
      if (options.repair) removeIfThere(files, file);
      report(file, null, "a draft that a crash left", options.repair);
      return;
    }
    const id = name.endsWith(".json") ? name.slice(0, -".json".length) : "";
    const complaint = id === "" ? "the name does not end in .json" : complaintAboutRef({ type, id });
    if (complaint !== null) {
      report(file, null, `it is no entity's file: ${complaint}`);
      return;
    }
    const twin = folded.get(foldedName(name));
    if (twin !== undefined) report(file, null, `on many disks it is the same file as ${twin}`);
    folded.set(foldedName(name), name);
    try {
      const text = opened.read(`${type}:${id}`) ?? "";
      const found = findDataProblems(`.got/entities/${type}/${name}`, text, null);
      for (const { line, reason } of found) report(file, line, reason);
      if (found.length > 0) return;
      const entity = requireEntity(`${type}:${id}`, text, file);
      if (entity !== null) entities.push(entity);
    } catch (error) {
      if (!(error instanceof GotError)) throw error;
      const line = error.facts["line"];
      report(file, typeof line === "number" ? line : null, error.message);
    }
  }
}

function listOrNone(files: StoreFiles, directory: string): string[] {
  return files.kind(directory) === "directory" ? files.list(directory).sort() : [];
}
