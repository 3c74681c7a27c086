import { randomBytes } from "node:crypto";
import { lstatSync, rmdirSync } from "node:fs";
import path from "node:path";
import { pid } from "node:process";
import { GotError } from "../../base/errors.ts";
import { attemptTo, noHardLinks, unlessGone } from "../../lock/file/lock-files.ts";
import { readWhole, type StoreFiles, systemCode, writeAll } from "../../store/store-files.ts";
import { type ClaimRecord, formatClaim, type ParsedClaim, parseClaim } from "./claim-record.ts";
import { taskLimits } from "./task-limits.ts";

/** The newest record of a task with its number, which only grows: the fencing token of a claim. */
export type Newest =
  | { readonly kind: "none"; readonly number: 0 }
  | { readonly kind: "record"; readonly number: number; readonly record: ClaimRecord }
  /** Number 0 when the task's folder itself can't be read. */
  | {
      readonly kind: "unreadable";
      readonly number: number;
      readonly file: string;
      readonly reason: string;
    };

/** What a record is to follow; `record` where it could be read. */
export interface Followed {
  readonly number: number;
  readonly record?: ClaimRecord;
}

/**
 * The claims directory, `<git-common-dir>/got/claims/<task>/<number>.json`: what the worktrees of a clone know of each other's
 * tasks before anything is merged.
 *
 * What always holds: a number is given once, so of all processes that saw one state exactly one makes the next; nothing waits,
 * nothing is held. It is the ladder of docs/concurrency.md with other records, and the second listing protects it in the same way.
 */
export interface ClaimFiles {
  /** Never throws: a task whose records can't be read is nobody else's trouble. */
  readonly newest: (task: string) => Newest;
  /**
   * Adds the record that follows `after` (number 0: the first one), durably; `changed` when somebody was faster.
   *
   * @throws GotError WRITE_FAILED; nothing has changed then.
   */
  readonly add: (
    task: string,
    after: Followed,
    record: ClaimRecord,
  ) => { readonly kind: "added"; readonly number: number } | { readonly kind: "changed" };
  /** Tasks that have records. */
  readonly tasks: () => readonly string[];
  /** Takes away the records of a task whose newest one, `forgotten`, has this number. Safe to be killed in. */
  readonly clear: (task: string, number: number) => void;
}

export function openClaimFiles({
  directory,
  files,
  now,
}: {
  /** Made when it is missing. */
  readonly directory: string;
  readonly files: StoreFiles;
  readonly now: () => Date;
}): ClaimFiles {
  const folderOf = (task: string): string => path.join(directory, task);
  const fileOf = (task: string, number: number): string => path.join(folderOf(task), `${number}.json`);

  const newest: ClaimFiles["newest"] = (task) => {
    let file = folderOf(task);
    let number = 0;
    try {
      for (let attempt = 0; attempt < taskLimits.attempts; attempt++) {
        number = newestNumber(listOrNothing(files, folderOf(task)));
        if (number === 0) return { kind: "none", number };
        file = fileOf(task, number);
        const parsed = read(files, file);
        if (parsed.kind === "parsed") return { kind: "record", number, record: parsed.record };
        if (parsed.kind === "invalid") return { kind: "unreadable", number, file, reason: parsed.reason };
        // A newer one has come and this one is gone.
      }
      return { kind: "unreadable", number, file, reason: "it changes faster than it can be read" };
    } catch (error) {
      return { kind: "unreadable", number, file, reason: systemCode(error) ?? String(error) };
    }
  };

  const add: ClaimFiles["add"] = (task, after, record) => {
    const folder = folderOf(task);
    const draft = path.join(folder, `t.${pid}.${randomBytes(6).toString("hex")}`);
    const number = after.number + 1;
    const file = fileOf(task, number);
    for (const one of [directory, folder]) refuseOther(files, one);
    let isOurs = false;
    try {
      files.makeDirectory(folder);
      isOurs = place(files, draft, file, formatClaim(record));
      if (!isOurs || !confirm(task, after)) return { kind: "changed" };
      files.syncDirectory(folder);
      return { kind: "added", number };
    } catch (cause) {
      // Nobody could end a claim that we do not know to have.
      if (isOurs) attemptTo(() => files.remove(file));
      // Somebody has cleared the folder away under us.
      if (systemCode(cause) === "ENOENT") return { kind: "changed" };
      throw new GotError("WRITE_FAILED", `Could not write ${file}`, { facts: { file }, cause });
    } finally {
      attemptTo(() => files.remove(draft));
    }
  };

  /**
   * The second listing, which decides: anything above ours, or something else where we began, means that the first one was too
   * old. Something else, because numbers begin at 1 again in a folder that was cleared.
   */
  const confirm = (task: string, after: Followed): boolean => {
    const folder = folderOf(task);
    const number = after.number + 1;
    const names = files.list(folder);
    if (newestNumber(names) !== number || !stillFollows(task, names, after)) {
      unlessGone(() => files.remove(fileOf(task, number)));
      return false;
    }
    for (const name of names) attemptTo(() => sweep(path.join(folder, name), name, number));
    return true;
  };

  const stillFollows = (task: string, names: readonly string[], { number, record }: Followed): boolean => {
    if (number === 0) return true;
    if (record === undefined) return names.includes(`${number}.json`);
    const found = read(files, fileOf(task, number));
    return found.kind === "parsed" && formatClaim(found.record) === formatClaim(record);
  };

  const sweep = (file: string, name: string, newestOne: number): void => {
    const number = numberOf(name);
    const isOld =
      number === undefined
        ? name.startsWith("t.") && now().getTime() - lstatSync(file).mtimeMs > taskLimits.draftMs
        : number < newestOne - taskLimits.recordsKept;
    if (isOld) files.remove(file);
  };

  return {
    newest,
    add,
    tasks: () => {
      try {
        return listOrNothing(files, directory).filter((name) => !name.startsWith("."));
      } catch (cause) {
        throw new GotError("STORE_UNUSABLE", `The claims in ${directory} can't be read`, {
          facts: { directory, code: systemCode(cause) ?? null },
          cause,
        });
      }
    },
    clear: (task, number) => {
      const folder = folderOf(task);
      const numbers = listOrNothing(files, folder).flatMap((name) => numberOf(name) ?? []);
      // The newest goes last: until then it stands for the whole. Who has added one above it keeps the folder.
      for (const one of numbers.sort((a, b) => a - b))
        if (one <= number) unlessGone(() => files.remove(fileOf(task, one)));
      attemptTo(() => rmdirSync(folder));
    },
  };
}

/** Writes the draft whole and durably, then gives it the record's name; false when that is taken. */
function place(files: StoreFiles, draft: string, file: string, text: string): boolean {
  create(files, draft, text);
  try {
    files.link(draft, file);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    if (code === undefined || !noHardLinks.has(code)) throw error;
  }
  // Without link(2): a reader may find the record torn for a moment, and takes it for somebody's.
  try {
    create(files, file, text);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function create(files: StoreFiles, file: string, text: string): void {
  const descriptor = files.open(file, "create");
  try {
    writeAll(files, descriptor, Buffer.from(text, "utf8"));
    files.syncNow(descriptor);
  } catch (error) {
    attemptTo(() => files.remove(file));
    throw error;
  } finally {
    files.close(descriptor);
  }
}

/** Records go into directories of ours, never through a symbolic link to where others don't look. */
function refuseOther(files: StoreFiles, directory: string): void {
  const kind = files.kind(directory);
  if (kind === "directory" || kind === "none") return;
  throw new GotError(
    "STORE_UNUSABLE",
    `${directory} should be a directory of claims, but is something else`,
    {
      facts: { directory },
      hint: "Move it away; got-hooks makes the directory itself.",
    },
  );
}

function read(files: StoreFiles, file: string): ParsedClaim | { readonly kind: "none" } {
  const bytes = readWhole(files, file, taskLimits.recordBytes);
  if (bytes === null) return { kind: "none" };
  if (bytes === "tooLarge")
    return { kind: "invalid", reason: `it is larger than ${taskLimits.recordBytes} bytes` };
  return parseClaim(bytes.toString("utf8"));
}

function listOrNothing(files: StoreFiles, folder: string): string[] {
  try {
    return files.list(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

function newestNumber(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => numberOf(name) ?? 0));
}

function numberOf(name: string): number | undefined {
  const number = /^([1-9]\d{0,14})\.json$/.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}
