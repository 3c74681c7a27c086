import { randomBytes } from "node:crypto";
import { lstatSync, rmdirSync } from "node:fs";
import path from "node:path";
import { pid } from "node:process";
import { GotError } from "../../base/errors.ts";
import { attemptTo, noHardLinks, unlessGone } from "../../lock/file/lock-files.ts";
import { readWhole, type StoreFiles, systemCode, writeAll } from "../../store/store-files.ts";
import { type ClaimRecord, formatClaim, parseClaim } from "./claim-record.ts";
import { taskLimits } from "./task-limits.ts";

/** The newest record of a task with its number, which only grows: the fencing token of a claim. */
export type Newest =
  | { readonly kind: "none"; readonly number: 0 }
  | { readonly kind: "record"; readonly number: number; readonly record: ClaimRecord }
  | {
      readonly kind: "unreadable";
      readonly number: number;
      readonly file: string;
      readonly reason: string;
    };

/**
 * The claims directory, `<git-common-dir>/got/claims/<task>/<number>.json`: what the worktrees of a clone know of each other's
 * tasks before anything is merged.
 *
 * What always holds: a number is given once, so of all processes that saw one state exactly one makes the next; nothing waits,
 * nothing is held. It is the ladder of docs/concurrency.md with other records, and the second listing protects it in the same way.
 */
export interface ClaimFiles {
  readonly newest: (task: string) => Newest;
  /**
   * Adds the record that follows number `after` (0: the first one), durably; `changed` when somebody was faster.
   *
   * @throws GotError WRITE_FAILED; nothing has changed then.
   */
  readonly add: (
    task: string,
    after: number,
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
    for (let attempt = 0; attempt < taskLimits.attempts; attempt++) {
      const number = newestNumber(listOrNothing(files, folderOf(task)));
      if (number === 0) return { kind: "none", number };
      const file = fileOf(task, number);
      const bytes = read(files, file);
      // A newer one has come and this one is gone.
      if (bytes === null) continue;
      const parsed =
        bytes === "tooLarge"
          ? ({ kind: "invalid", reason: `it is larger than ${taskLimits.recordBytes} bytes` } as const)
          : parseClaim(bytes.toString("utf8"));
      if (parsed.kind === "parsed") return { kind: "record", number, record: parsed.record };
      return { kind: "unreadable", number, file, reason: parsed.reason };
    }
    throw unusable(folderOf(task), new Error("it changes faster than it can be read"));
  };

  const add: ClaimFiles["add"] = (task, after, record) => {
    const folder = folderOf(task);
    const draft = path.join(folder, `t.${pid}.${randomBytes(6).toString("hex")}`);
    const number = after + 1;
    const file = fileOf(task, number);
    let isOurs = false;
    try {
      files.makeDirectory(folder);
      isOurs = place(files, draft, file, formatClaim(record));
      if (!isOurs || !confirm(task, number)) return { kind: "changed" };
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

  /** The second listing, which decides: anything above ours, or nothing where we began, means that the first one was too old. */
  const confirm = (task: string, number: number): boolean => {
    const folder = folderOf(task);
    const names = files.list(folder);
    const misled = number > 1 && !names.includes(`${number - 1}.json`);
    if (misled || newestNumber(names) !== number) {
      unlessGone(() => files.remove(fileOf(task, number)));
      return false;
    }
    for (const name of names) attemptTo(() => sweep(path.join(folder, name), name, number));
    return true;
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
    tasks: () => listOrNothing(files, directory).filter((name) => !name.startsWith(".")),
    clear: (task, number) => {
      const folder = folderOf(task);
      const numbers = listOrNothing(files, folder)
        .map(numberOf)
        .filter((one) => one !== undefined && one <= number)
        .sort((a, b) => (a ?? 0) - (b ?? 0));
      // The newest goes last: until then it stands for the whole. Who has added one above it keeps the folder.
      for (const one of numbers) if (one !== undefined) unlessGone(() => files.remove(fileOf(task, one)));
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

function read(files: StoreFiles, file: string): ReturnType<typeof readWhole> {
  try {
    return readWhole(files, file, taskLimits.recordBytes);
  } catch (cause) {
    throw unusable(file, cause);
  }
}

function listOrNothing(files: StoreFiles, folder: string): string[] {
  try {
    return files.list(folder);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return [];
    throw unusable(folder, cause);
  }
}

function unusable(file: string, cause: unknown): GotError {
  return new GotError("STORE_UNUSABLE", `The claims in ${file} can't be read`, {
    facts: { file, code: systemCode(cause) ?? null },
    cause,
  });
}

function newestNumber(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => numberOf(name) ?? 0));
}

function numberOf(name: string): number | undefined {
  const number = /^([1-9]\d{0,14})\.json$/.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}
