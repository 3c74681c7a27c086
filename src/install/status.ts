import path from "node:path";
import { GotError } from "../base/errors.ts";
import { gitVersion, type GitVersion } from "../git/git-version.ts";
import { type GitRepository, openRepository, repositoryBase } from "../git/repository.ts";
import { mergeAttributes } from "../git/merge-attributes.ts";
import { tryGit } from "../git/run-git.ts";
import { type DriverKind, driverKinds } from "../model/policy.ts";
import { attributeLines, attributeSamples, driverName } from "./attribute-lines.ts";
import { driverKey, driverProblem } from "./driver-problem.ts";
import type { HookReach } from "./hook-reach.ts";
import { hookNames, hooksInWorktree } from "./hooks-in-worktree.ts";
import { install, type InstallOptions } from "./install.ts";
import type { InstallRecord } from "./install-record.ts";
import { changedPrograms } from "./installed-programs.ts";
import { packageVersion } from "./payload.ts";
import { readPaths } from "./read-paths.ts";
import { recordedNode } from "./recorded-node.ts";
import { readRecord } from "./record-file.ts";
import { repositoryView } from "./repository-view.ts";
import { readEntry } from "./saved-entry.ts";

export interface InstallStatus {
  readonly repository: GitRepository;
  readonly git: GitVersion;
  /** The version of the package that asks. */
  readonly packageVersion: string;
  /** Null when got-hooks is not installed here. */
  readonly record: InstallRecord | null;
  /** For each worktree that has its own hooks directory, else once: how git reaches our hooks. */
  readonly hooks: readonly { readonly worktree: string | null; readonly reach: readonly HookReach[] }[];
  readonly drivers: readonly { readonly kind: DriverKind; readonly problem: string | null }[];
  readonly attributes: readonly {
    readonly path: string;
    readonly driver: string;
    readonly problem: string | null;
  }[];
  /** What is broken, a sentence each; empty when all is well. */
  readonly problems: readonly string[];
  /** What cannot be had here, or would be changed by installing again. */
  readonly notes: readonly string[];
}

/**
 * Looks at an installation: files, hooks, drivers and attributes as git sees them. Changes nothing.
 *
 * @throws GotError NOT_A_REPOSITORY, GIT_TOO_OLD, GIT_FAILED, INSTALL_CONFLICT (broken record).
 */
export function installStatus(options: Omit<InstallOptions, "dryRun">): InstallStatus {
  const git = gitVersion(options);
  const repository = openRepository(options.cwd, options.env);
  const record = readRecord(repository.commonDir);
  const version = packageVersion(options.packageRoot);
  const base = { repository, git, packageVersion: version, record };
  if (record === null)
    return {
      ...base,
      hooks: [],
      drivers: [],
      attributes: [],
      problems: ["got-hooks is not installed here"],
      notes: [],
    };
  const hooks = hooksOf(repository, record, git);
  const drivers = driverKinds.map((kind) => ({ kind, problem: registeredProblem(kind, repository) }));
  const attributes = attributesOf(repository);
  return {
    ...base,
    hooks,
    drivers,
    attributes,
    problems: [
      ...recordProblems(record, repository),
      ...hooks.flatMap(({ worktree, reach }) => reach.flatMap((one) => hookProblem(one, worktree))),
      ...[...drivers, ...attributes].flatMap(({ problem }) => problem ?? []),
    ],
    notes: [...versionNotes(record, version), ...nodeNotes(repository), ...installNotes(options)],
  };
}

/** The hooks that the installation brought, by the programs in `got/bin`. */
function hooksOf(repository: GitRepository, record: InstallRecord, git: GitVersion): InstallStatus["hooks"] {
  const names = hookNames(record);
  const view = repositoryView(repository);
  const { hooks, worktrees, topLevel } = repository;
  const reach = (directory: string, top: string | null): readonly HookReach[] =>
    hooksInWorktree(names, { tier: record.tier, git, directory, topLevel: top }, view);
  if (record.tier === "config" || !hooks.perWorktree || hooks.configured === null)
    return [{ worktree: null, reach: reach(hooks.directory, topLevel) }];
  const configured = hooks.configured;
  return worktrees
    .filter((worktree) => !worktree.bare && !worktree.prunable)
    .map(({ path: top }) => ({ worktree: top, reach: reach(path.join(top, configured), top) }));
}

function hookProblem(reach: HookReach, worktree: string | null): readonly string[] {
  if (reach.problem === null) return [];
  return [
    `${reach.name} does not reach got-hooks${worktree === null ? "" : ` in the worktree ${worktree}`}: ${reach.problem}`,
  ];
}

/** Programs of ours that are gone or changed, and an installation that was interrupted. */
function recordProblems(record: InstallRecord, repository: GitRepository): readonly string[] {
  const broken = changedPrograms(record, repository.commonDir).map(
    (file) => `${file.path} ${file.isMissing ? "is missing" : "is not what install wrote"}`,
  );
  return record.state === "installed"
    ? broken
    : [`an ${record.state === "installing" ? "install" : "uninstall"} was interrupted`, ...broken];
}

function registeredProblem(kind: DriverKind, repository: GitRepository): string | null {
  const call = { cwd: repositoryBase(repository), env: repository.env };
  const asked = tryGit(call, ["config", "-z", "--get", driverKey(kind)]);
  const registered = asked.status === 0 ? asked.stdout.replace(/\0$/, "") : undefined;
  return driverProblem(kind, registered, repository.commonDir);
}

/** Asks git itself which driver it would take. */
function attributesOf(repository: GitRepository): InstallStatus["attributes"] {
  const call = { cwd: repositoryBase(repository), env: repository.env };
  const said = mergeAttributes(
    call,
    attributeSamples.map(([file]) => file),
  );
  const resolved = attributeSamples.map(([file, kind], index) => {
    const driver = said[index] ?? "";
    const right = driver === driverName(kind);
    return {
      path: file,
      driver,
      problem: right ? null : `git merges ${file} with "${driver}", not with ${driverName(kind)}`,
    };
  });
  return [...resolved, ...configuredPaths(repository)];
}

/** Lines for the `paths` of `.got/config.json` that the repository's attributes do not have. */
function configuredPaths(repository: GitRepository): InstallStatus["attributes"] {
  const entry = readEntry(path.join(repository.commonDir, "info", "attributes"));
  const there = entry.kind === "file" ? Buffer.from(entry.content).toString("utf8").split("\n") : [];
  const { paths } = readPaths(repository.topLevel);
  return attributeLines(paths).flatMap((line) => {
    if (there.includes(line)) return [];
    return [
      { path: line, driver: "", problem: `info/attributes misses the line "${line}": run got-hooks install` },
    ];
  });
}

function versionNotes(record: InstallRecord, version: string): readonly string[] {
  if (record.gotVersion === version) return [];
  return [
    `version ${record.gotVersion} is installed, this package is ${version}: got-hooks install brings it up to date`,
  ];
}

function nodeNotes(repository: GitRepository): readonly string[] {
  const node = recordedNode(repository.commonDir);
  if (node.isExecutable) return [];
  return [
    `the Node that installed (${node.path}) is gone: drivers use the one on PATH; got-hooks install records a new one`,
  ];
}

/** What planning an installation now would note, and whether it would change anything. */
function installNotes(options: Omit<InstallOptions, "dryRun">): readonly string[] {
  try {
    const planned = install({ ...options, dryRun: true });
    if (planned.steps.length === 0) return planned.notes;
    const places = planned.steps.map((step) => (step.kind === "config" ? step.key : step.path));
    const shown = places.slice(0, mostShown).join(", ") + (places.length > mostShown ? ", …" : "");
    return [
      ...planned.notes,
      `got-hooks install would change ${places.length} thing${places.length === 1 ? "" : "s"} (${shown})`,
    ];
  } catch (error) {
    if (error instanceof GotError) return [`an install would fail now: ${error.message}`];
    throw error;
  }
}

const mostShown = 5;
