import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import type { Environment } from "../git/git-environment.ts";
import { type GitRepository, gotDirectory, openRepository, repositoryBase } from "../git/repository.ts";
import { runGit } from "../git/run-git.ts";
import { applySteps } from "./apply-steps.ts";
import { restoreConfigFile } from "./config-file.ts";
import { removeFreeLocks, withInstallLock } from "./install-lock.ts";
import { absolutePath, type InstallRecord } from "./install-record.ts";
import { planUndo } from "./plan-undo.ts";
import { readRecord, recordFile, writeRecord } from "./record-file.ts";
import { repositoryView } from "./repository-view.ts";
import { fingerprint, readEntry } from "./saved-entry.ts";
import type { Step } from "./step.ts";
import { sweepTemporary } from "./sweep-temporary.ts";

export interface UninstallOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly dryRun: boolean;
  /** Removes events that no commit has taken yet, too. */
  readonly purge: boolean;
}

export interface UninstallResult {
  readonly kind: "uninstalled" | "not-installed" | "planned";
  readonly repository: GitRepository;
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
}

/**
 * Takes got-hooks out of the repository that `cwd` belongs to: every file, mode bit, attribute and configuration value
 * is as it was before the first installation, but for what the user changed since; there only our part goes.
 * Needs nothing but `<common-dir>/got/install.json`.
 *
 * @throws GotError NOT_A_REPOSITORY, GIT_FAILED, INSTALL_CONFLICT (broken record), WRITE_FAILED, LOCK_UNAVAILABLE.
 */
export function uninstall(options: UninstallOptions): UninstallResult {
  const repository = openRepository(options.cwd, options.env);
  const { commonDir } = repository;
  if (readRecord(commonDir) === null) {
    const notes = options.purge && !options.dryRun ? purgeEvents(repository) : [];
    return { kind: "not-installed", repository, steps: [], notes };
  }
  if (options.dryRun) return uninstallFrom(repository, options);
  return withInstallLock(commonDir, "uninstall", () => uninstallFrom(repository, options), {
    removeAfter: true,
  });
}

function uninstallFrom(repository: GitRepository, options: UninstallOptions): UninstallResult {
  const { commonDir } = repository;
  const record = readRecord(commonDir);
  if (record === null) return { kind: "not-installed", repository, steps: [], notes: [] };
  const undo = planUndo(record, commonDir, repositoryView(repository));
  const waiting = waitingEvents(repository);
  const notes = [...undo.notes, ...(options.purge ? [] : waiting.notes)];
  if (options.dryRun) return { kind: "planned", repository, steps: undo.steps, notes };
  const call = { cwd: repositoryBase(repository), env: repository.env };
  const whole = configFileIsOurs(record, commonDir);
  writeRecord(commonDir, { ...record, state: "uninstalling" });
  if (record.state !== "installed") sweepTemporary(record, commonDir);
  applySteps(undo.steps, call);
  if (whole !== null) restoreConfigFile(path.join(commonDir, "config"), whole);
  const held = removeGotDirectory(repository, options.purge ? [] : waiting.names);
  const directories = record.directories.toReversed().map((directory): Step => {
    return { kind: "remove-directory", path: absolutePath(commonDir, directory) };
  });
  applySteps(directories, call);
  return {
    kind: "uninstalled",
    repository,
    steps: undo.steps,
    notes: [...notes, ...held, ...trackedNotes(undo.steps, repository)],
  };
}

/** What was committed stays in commits until somebody commits that it is gone. */
function trackedNotes(steps: readonly Step[], repository: GitRepository): readonly string[] {
  const shown = repository.worktrees.flatMap(({ path: top, bare, prunable }) => {
    const inside = steps.flatMap((step) =>
      step.kind === "write" &&
      step.path.startsWith(top + path.sep) &&
      !step.path.startsWith(repository.commonDir + path.sep)
        ? [path.relative(top, step.path)]
        : [],
    );
    if (bare || prunable || inside.length === 0) return [];
    const call = { cwd: top, env: repository.env };
    const said = runGit(call, [
      "--literal-pathspecs",
      "status",
      "--porcelain",
      "-z",
      "--untracked-files=no",
      "--",
      ...inside,
    ]);
    return said.split("\0").flatMap((line) => (line === "" ? [] : [path.join(top, line.slice(3))]));
  });
  return shown.length === 0 ? [] : [`git status shows, for you to commit: ${shown.join(", ")}`];
}

/** The configuration file as it was, when nobody but install has changed it. */
function configFileIsOurs(record: InstallRecord, commonDir: string): InstallRecord["configFile"] {
  const current = fingerprint(readEntry(path.join(commonDir, "config")));
  return record.configFile?.after === current ? record.configFile : null;
}

/** Events in the spool exist nowhere else until a commit takes them. */
function waitingEvents(repository: GitRepository): {
  readonly names: readonly string[];
  readonly notes: readonly string[];
} {
  const spool = path.join(gotDirectory(repository), "spool");
  const names = listDirectory(spool).filter((name) => {
    const entry = readEntry(path.join(spool, name));
    return entry.kind === "file" && entry.content.length > 0;
  });
  if (names.length === 0) return { names: [], notes: [] };
  return {
    names: ["spool", "clock"],
    notes: [`${spool} holds events that no commit has taken yet: it stays (--purge removes it)`],
  };
}

/** What an earlier uninstall has left for a later commit. */
function purgeEvents(repository: GitRepository): readonly string[] {
  const got = gotDirectory(repository);
  const { names } = waitingEvents(repository);
  if (names.length === 0) return [];
  for (const name of names) rmSync(path.join(got, name), { recursive: true, force: true });
  if (listDirectory(got).length === 0) rmSync(got, { recursive: true, force: true });
  return [`${path.join(got, "spool")} of an earlier installation is removed`];
}

/** The record goes last: until then an interrupted uninstall can be run again. The lock is still held. */
function removeGotDirectory(repository: GitRepository, keep: readonly string[]): readonly string[] {
  const got = gotDirectory(repository);
  const record = recordFile(repository.commonDir);
  const linked = path.join(repository.commonDir, "worktrees");
  const locks = path.join(got, "locks");
  const gone = [
    ...listDirectory(linked).map((name) => path.join(linked, name, "got")),
    ...listDirectory(got).map((name) => path.join(got, name)),
  ].filter((file) => file !== locks && file !== record && !keep.includes(path.basename(file)));
  try {
    const held = removeFreeLocks(repository.commonDir);
    for (const file of [...gone, record]) rmSync(file, { recursive: true, force: true });
    return held.map((resource) => `the lock ${resource} is held: it stays in ${locks}`);
  } catch (cause) {
    throw new GotError("WRITE_FAILED", `Could not remove ${got}`, { facts: { directory: got }, cause });
  }
}

function listDirectory(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new GotError("UNREADABLE_INPUT", `Could not list ${directory}`, { facts: { directory }, cause });
  }
}
