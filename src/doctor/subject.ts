import { existsSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import type { Environment } from "../git/git-environment.ts";
import { gitVersion, type GitVersion } from "../git/git-version.ts";
import { type HooksPath, hooksPathOf } from "../git/hooks-path.ts";
import { gitDirectory, type GitRepository, openRepository } from "../git/repository.ts";
import { readSettings, type Setting } from "../git/settings.ts";
import { install, type InstallResult } from "../install/install.ts";
import type { InstallRecord } from "../install/install-record.ts";
import { type Payload, readPayload } from "../install/payload.ts";
import { readRecord } from "../install/record-file.ts";

/** What an examination needs of the outside world. */
export interface DoctorOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly packageRoot: string;
  readonly nodePath: string;
  /** Where throw-away repositories are made. */
  readonly temporary: string;
  /** Bits that new files must not have. */
  readonly umask: number;
  readonly now: () => Date;
}

/** The repository under examination, looked at once: checks take what they need from here and change nothing. */
export interface Subject {
  readonly options: DoctorOptions;
  readonly git: GitVersion;
  readonly repository: GitRepository;
  /** Those that can be looked into, the main one first: neither bare nor gone. */
  readonly worktrees: readonly WorktreeSubject[];
  readonly installation: Installation;
  readonly payload: Payload;
  /** What installing now would do; asked for at the first call. */
  readonly planned: () => InstallResult | GotError;
}

export interface WorktreeSubject {
  readonly path: string;
  readonly gitDir: string;
  /** `main`, or the name of the linked worktree's git directory. */
  readonly name: string;
  /** As git sees it in there. */
  readonly settings: readonly Setting[];
  readonly hooks: HooksPath;
}

export type Installation =
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly error: GotError }
  | { readonly kind: "recorded"; readonly record: InstallRecord };

/**
 * Looks at the repository that `options.cwd` belongs to.
 *
 * @throws GotError NOT_A_REPOSITORY, GIT_TOO_OLD, GIT_FAILED, UNREADABLE_INPUT (package incomplete).
 */
export function openSubject(options: DoctorOptions): Subject {
  const git = gitVersion(options);
  const repository = openRepository(options.cwd, options.env);
  let planned: InstallResult | GotError | undefined;
  return {
    options,
    git,
    repository,
    worktrees: repository.worktrees
      .filter(({ bare, path: top }) => !bare && existsSync(path.join(top, ".git")))
      .map(({ path: top }) => openWorktree(top, repository)),
    installation: readInstallation(repository.commonDir),
    payload: readPayload(options.packageRoot),
    planned: () => (planned ??= planInstall(options)),
  };
}

/** The last value of a key, as git takes it; undefined where it is not set. */
export function effective(settings: readonly Setting[], key: string): Setting | undefined {
  return settings.findLast((setting) => setting.key === key);
}

/** The file that a setting stands in; null when it is in none. */
export function settingFile(worktree: Pick<WorktreeSubject, "path">, setting: Setting): string | null {
  return setting.file === null ? null : path.resolve(worktree.path, setting.file);
}

/** A setting's place, for people: its scope, and the file where there is one. */
export function settingPlace(worktree: Pick<WorktreeSubject, "path">, setting: Setting): string {
  const file = settingFile(worktree, setting);
  return file === null ? `${setting.scope} configuration` : `${setting.scope} configuration, ${file}`;
}

function openWorktree(top: string, repository: GitRepository): WorktreeSubject {
  const call = { cwd: top, env: repository.env };
  const gitDir = gitDirectory(call);
  return {
    path: top,
    gitDir,
    name: gitDir === repository.commonDir ? "main" : path.basename(gitDir),
    settings: readSettings(call),
    hooks: hooksPathOf(call, repository.commonDir),
  };
}

function readInstallation(commonDir: string): Installation {
  try {
    const record = readRecord(commonDir);
    return record === null ? { kind: "none" } : { kind: "recorded", record };
  } catch (error) {
    if (error instanceof GotError) return { kind: "unreadable", error };
    throw error;
  }
}

function planInstall(options: DoctorOptions): InstallResult | GotError {
  try {
    return install({ ...options, dryRun: true });
  } catch (error) {
    if (error instanceof GotError) return error;
    throw error;
  }
}
