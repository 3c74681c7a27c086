import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { GotError } from "../base/errors.ts";
import { type GitCall, runGit } from "../git/run-git.ts";
import { type Entry, readEntry, sameEntry } from "./saved-entry.ts";
import type { Step } from "./step.ts";

/**
 * Carries out steps in order. Each is atomic by itself and does nothing when it was done before, so that an
 * interrupted run is completed by planning and applying again.
 *
 * @param call a directory of the repository, for `git config`.
 * @throws GotError WRITE_FAILED, GIT_FAILED; INSTALL_CONFLICT when something changed since the plan was made.
 */
export function applySteps(steps: readonly Step[], call: GitCall): void {
  for (const step of steps) applyStep(step, call);
}

function applyStep(step: Step, call: GitCall): void {
  switch (step.kind) {
    case "write":
      return write(step.path, step.from, step.to);
    case "chain":
      return chain(step.path, step.chained, step.stub);
    case "unchain":
      return unchain(step.path, step.chained);
    case "config":
      return configure(step.key, step.to, call);
    case "remove-directory":
      return removeDirectoryIfEmpty(step.path);
  }
}

function write(file: string, from: Entry, to: Entry): void {
  const current = readEntry(file);
  if (sameEntry(current, to)) return;
  if (!sameEntry(current, from)) throw changedMeanwhile(file);
  putEntry(file, to);
}

function putEntry(file: string, to: Entry): void {
  if (to.kind === "absent") return failing(file, () => rmSync(file, { force: true }));
  failing(file, () => mkdirSync(path.dirname(file), { recursive: true }));
  if (to.kind === "link") {
    return failing(file, () => {
      rmSync(file, { force: true });
      symlinkSync(to.target, file);
    });
  }
  writeFileAtomic(file, to.content, { mode: to.mode });
  // The umask may have taken bits that the entry has.
  if ((statSync(file).mode & 0o7777) !== to.mode) failing(file, () => chmodSync(file, to.mode));
}

/** A second name first, then the stub over the old name: at no instant is the hook missing. */
function chain(file: string, chained: string, stub: Entry): void {
  const current = readEntry(file);
  if (current.kind === "absent" || sameEntry(current, stub)) return putEntry(file, stub);
  failing(chained, () => {
    rmSync(chained, { force: true });
    if (current.kind === "link") symlinkSync(current.target, chained);
    else linkOrCopy(file, chained, current);
  });
  putEntry(file, stub);
}

function unchain(file: string, chained: string): void {
  if (lstatSync(chained, { throwIfNoEntry: false }) === undefined) return;
  failing(file, () => renameSync(chained, file));
}

function linkOrCopy(file: string, copy: string, entry: Entry): void {
  try {
    linkSync(file, copy);
  } catch {
    // A file system without hard links: the copy is complete under its name before the original is replaced.
    putEntry(copy, entry);
  }
}

function configure(key: string, values: readonly string[], call: GitCall): void {
  const [first, ...more] = values;
  if (first === undefined) {
    runGit(call, ["config", "--local", "--unset-all", key]);
    return;
  }
  runGit(call, ["config", "--local", "--replace-all", key, first]);
  for (const value of more) runGit(call, ["config", "--local", "--add", key, value]);
}

function removeDirectoryIfEmpty(directory: string): void {
  if (!existsSync(directory)) return;
  failing(directory, () => {
    if (readdirSync(directory).length === 0) rmdirSync(directory);
  });
}

function failing(file: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new GotError("WRITE_FAILED", `Could not change ${file}`, { facts: { file }, cause });
  }
}

function changedMeanwhile(file: string): GotError {
  return new GotError("INSTALL_CONFLICT", `${file} was changed by somebody else during the installation`, {
    facts: { file },
    hint: "Nothing is lost. Run the command again.",
  });
}
