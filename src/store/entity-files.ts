import { randomUUID } from "node:crypto";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { complaintAboutRef, foldedName, parseRef, type EntityRef } from "../model/entity-ref.ts";
import { type Entity, parseEntity } from "../model/entity.ts";
import { readWhole, removeIfThere, type StoreFiles, systemCode, writeAll } from "./store-files.ts";
import { storeLimits } from "./store-limits.ts";

/** `.got/entities` of one work tree. No symbolic link in it is followed: nothing in a repository leads us out of it. */
export interface EntityFiles {
  /** Runs steps that follow one another at once: a folder that one of them has looked at is not looked at again by the next. */
  readonly together: <Value>(steps: () => Value) => Value;
  /** Where an entity's file stands. */
  readonly path: (ref: string) => string;
  /** The file's text; null when there is none. @throws GotError for links, what is no text, and what is too large. */
  readonly read: (ref: string, folderIsChecked?: boolean) => string | null;
  /** Replaces or removes the file in one step. */
  readonly write: (ref: string, text: string | null, durable: boolean) => void;
  /** @throws GotError WRITE_FAILED when the folder of an entity can't be written to, before anything is. */
  readonly requireWritable: (ref: string) => void;
  /** Makes what was written to these entities durable. */
  readonly sync: (refs: Iterable<string>) => void;
  /** References of the entities that have a file, by id. */
  readonly list: (type: string) => readonly string[];
  readonly types: () => readonly string[];
  /** Another entity whose file is the same one on disks that ignore case; undefined when there is none. */
  readonly twin: (ref: string) => string | undefined;
  /** Removes temporary files that a crash has left in a type's folder. */
  readonly sweep: (type: string) => void;
}

export function openEntityFiles(files: StoreFiles, workTree: string): EntityFiles {
  const root = path.join(workTree, ".got");
  const entities = path.join(root, "entities");
  const folderOf = (type: string): string => path.join(entities, type);
  const pathOf = (ref: string): string => {
    const { type, id } = requireRef(ref);
    return path.join(folderOf(type), `${id}.json`);
  };
  /** Folders seen to be no links; remembered only while steps run together. */
  let seen: Set<string> | undefined;
  refuseLinks([root, entities]);

  /** @returns whether the last of them is there. */
  function refuseLinks(folders: readonly string[]): boolean {
    for (const folder of folders) {
      if (seen?.has(folder) === true) continue;
      const kind = files.kind(folder);
      if (kind === "none") return false;
      if (kind === "directory") {
        seen?.add(folder);
        continue;
      }
      throw new GotError(
        "STORE_UNUSABLE",
        `${folder} is ${kind === "file" ? "a file" : "a symbolic link"}, not a folder, and is not followed`,
        {
          facts: { file: folder },
          hint: "Put a folder in its place.",
        },
      );
    }
    return true;
  }

  const listNames = (type: string): string[] =>
    refuseLinks([root, entities, folderOf(type)])
      ? files.list(folderOf(type)).filter((name) => name.endsWith(".json") && !name.startsWith("."))
      : [];

  const read: EntityFiles["read"] = (ref, folderIsChecked = false) => {
    const file = pathOf(ref);
    let bytes: ReturnType<typeof readWhole>;
    try {
      if (!folderIsChecked && !refuseLinks([root, entities, path.dirname(file)])) return null;
      bytes = readWhole(files, file, storeLimits.entityBytes);
    } catch (cause) {
      if (cause instanceof GotError) throw cause;
      const link = systemCode(cause) === "ELOOP" ? ": it is a symbolic link, which is not followed" : "";
      throw new GotError("UNREADABLE_INPUT", `Could not read ${file}${link}`, { facts: { file }, cause });
    }
    if (bytes === "tooLarge") {
      throw new GotError(
        "LIMIT_EXCEEDED",
        `${file} is larger than ${storeLimits.entityBytes} bytes, the most an entity may have`,
        {
          facts: { file, limitBytes: storeLimits.entityBytes },
          hint: "Keep large content in a file of its own and its path in the entity.",
        },
      );
    }
    return bytes === null ? null : decode(file, bytes);
  };

  const write: EntityFiles["write"] = (ref, text, durable) => {
    const file = pathOf(ref);
    const folder = path.dirname(file);
    if (!refuseLinks([root, entities, folder])) {
      if (text === null) return;
      files.makeDirectory(folder);
      if (durable) for (const made of [entities, root, workTree]) files.syncDirectory(made);
    }
    if (text === null) removeIfThere(files, file);
    else replace(file, text, durable);
    if (durable) files.syncDirectory(folder);
  };

  const replace = (file: string, text: string, durable: boolean): void => {
    const temporary = path.join(
      path.dirname(file),
      `.got-${randomUUID().replaceAll("-", "").slice(0, 16)}.tmp`,
    );
    try {
      const descriptor = files.open(temporary, "create");
      try {
        writeAll(files, descriptor, Buffer.from(text, "utf8"));
        if (durable) files.syncNow(descriptor);
      } finally {
        files.close(descriptor);
      }
      files.rename(temporary, file);
    } catch (cause) {
      try {
        removeIfThere(files, temporary);
      } catch {
        // Swept later; the first error is the one to tell.
      }
      throw new GotError("WRITE_FAILED", `Could not write ${file}`, {
        facts: { file, code: systemCode(cause) ?? "unknown" },
        cause,
      });
    }
  };

  const sync: EntityFiles["sync"] = (refs) => {
    const folders = new Set<string>();
    for (const ref of refs) {
      const file = pathOf(ref);
      folders.add(path.dirname(file));
      if (files.kind(file) !== "file") continue;
      const descriptor = files.open(file, "read");
      try {
        files.syncNow(descriptor);
      } finally {
        files.close(descriptor);
      }
    }
    for (const folder of [...folders, ...(folders.size > 0 ? [entities, root, workTree] : [])]) {
      if (files.kind(folder) === "directory") files.syncDirectory(folder);
    }
  };

  const foldedNames = new Map<string, Map<string, string>>();
  const twin: EntityFiles["twin"] = (ref) => {
    const { type, id } = requireRef(ref);
    let names = foldedNames.get(type);
    if (names === undefined) {
      names = new Map(listNames(type).map((name) => [foldedName(name), name]));
      foldedNames.set(type, names);
    }
    const name = `${id}.json`;
    const other = names.get(foldedName(name));
    if (other === undefined) names.set(foldedName(name), name);
    if (other === undefined || other === name) return undefined;
    // What was remembered may be gone by now.
    if (files.kind(path.join(folderOf(type), other)) !== "none")
      return `${type}:${other.slice(0, -".json".length)}`;
    names.set(foldedName(name), name);
    return undefined;
  };

  return {
    together: (steps) => {
      const outer = seen;
      seen ??= new Set();
      try {
        return steps();
      } finally {
        seen = outer;
      }
    },
    path: pathOf,
    read,
    write,
    requireWritable: (ref) => {
      const folder = path.dirname(pathOf(ref));
      const standing = refuseLinks([root, entities, folder])
        ? folder
        : ([entities, root].find((one) => files.kind(one) === "directory") ?? workTree);
      if (files.isWritable(standing)) return;
      throw new GotError("WRITE_FAILED", `${standing} can't be written to`, {
        facts: { directory: standing, ref },
        hint: "Nothing was changed. Make it writable and try again.",
      });
    },
    sync,
    list: (type) =>
      listNames(type)
        .map((name) => ({ type, id: name.slice(0, -".json".length) }))
        .filter((ref) => complaintAboutRef(ref) === null)
        .map(({ id }) => `${type}:${id}`)
        .sort(),
    types: () =>
      refuseLinks([root, entities])
        ? files
            .list(entities)
            .filter(
              (type) =>
                complaintAboutRef({ type, id: "x" }) === null && files.kind(folderOf(type)) === "directory",
            )
        : [],
    twin,
    sweep: (type) => {
      if (!refuseLinks([root, entities, folderOf(type)])) return;
      for (const name of files.list(folderOf(type))) {
        if (/^\.got-[0-9a-f]{16}\.tmp$/.test(name)) removeIfThere(files, path.join(folderOf(type), name));
      }
    },
  };
}

/** @throws GotError INVALID_ENTITY that says what is wrong with a reference. */
export function requireRef(text: string): EntityRef {
  const parsed = parseRef(text);
  if (parsed.kind === "parsed") return parsed.ref;
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  throw new GotError("INVALID_ENTITY", `${shown} names no entity: ${parsed.reason}`, {
    facts: { ref: shown, reason: parsed.reason },
    hint: "Write <type>:<id>, e.g. task:T-1.",
  });
}

/** @throws GotError INVALID_ENTITY that names file and line. */
export function requireEntity(
  ref: string,
  text: string | null,
  file: string,
  care: "full" | "quick" = "full",
): Entity | null {
  if (text === null) return null;
  const parsed = parseEntity(text, requireRef(ref), care);
  if (parsed.kind === "parsed") return parsed.entity;
  throw new GotError("INVALID_ENTITY", `${file}:${parsed.line}: ${parsed.reason}`, {
    facts: { file, line: parsed.line, ref },
    hint: parsed.hasMarkers
      ? "Resolve the conflict with git or got-hooks resolve, then try again."
      : "Mend the file, then try again.",
  });
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(file: string, bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new GotError("INVALID_ENTITY", `${file} is not UTF-8 text`, { facts: { file }, cause });
  }
}
