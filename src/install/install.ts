import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { type GitVersion, gitVersion } from "../git/git-version.ts";
import { type GitRepository, openRepository, repositoryBase } from "../git/repository.ts";
import type { Environment } from "../git/git-environment.ts";
import { applySteps } from "./apply-steps.ts";
import { baseWishes, type Place } from "./base-wishes.ts";
import { checkLinks } from "./check-links.ts";
import { chooseHookWishes } from "./choose-tier.ts";
import { withInstallLock } from "./install-lock.ts";
import { type InstallRecord, recordPath, type Tier } from "./install-record.ts";
import { readPaths } from "./read-paths.ts";
import { type Payload, readPayload } from "./payload.ts";
import { type InstallPlan, planInstall } from "./plan-install.ts";
import { readRecord, writeRecord } from "./record-file.ts";
import { repositoryView } from "./repository-view.ts";
import { fingerprint, readEntry, saveEntry } from "./saved-entry.ts";
import type { Step } from "./step.ts";
import { sweepTemporary } from "./sweep-temporary.ts";

export interface InstallOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly packageRoot: string;
  readonly nodePath: string;
  /** Where throw-away repositories are made. */
  readonly temporary: string;
  /** Bits that new files must not have. */
  readonly umask: number;
  /** Plans and reports, changes nothing. */
  readonly dryRun: boolean;
}

export interface InstallResult {
  readonly kind: "installed" | "unchanged" | "planned";
  readonly repository: GitRepository;
  readonly gotVersion: string;
  /** The version that was there before; null at the first installation. */
  readonly previousVersion: string | null;
  readonly tier: Tier;
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
}

/**
 * Puts got-hooks into the repository that `cwd` belongs to. Everything is planned first; the record is written before
 * the first change and again after the last, so an interrupted run is completed by the next one. Running it again
 * changes nothing.
 *
 * @throws GotError NOT_A_REPOSITORY, GIT_TOO_OLD, GIT_FAILED, UNREADABLE_INPUT (package incomplete), INSTALL_CONFLICT,
 * WRITE_FAILED, LOCK_UNAVAILABLE.
 */
export function install(options: InstallOptions): InstallResult {
  const version = gitVersion(options);
  const repository = openRepository(options.cwd, options.env);
  const payload = readPayload(options.packageRoot);
  const installation = { options, repository, payload, version };
  // Looking comes first and takes no lock: mostly there is nothing to do.
  const looked = planIn(installation);
  if (options.dryRun || looked.result.kind === "unchanged") return looked.result;
  return withInstallLock(repository.commonDir, "install", () => {
    const { result, plan, previous } = planIn(installation);
    if (result.kind === "unchanged") return result;
    apply(repository, plan, previous);
    return { ...result, kind: plan.steps.length === 0 ? "unchanged" : "installed" };
  });
}

interface Installation {
  readonly options: InstallOptions;
  readonly repository: GitRepository;
  readonly payload: Payload;
  readonly version: GitVersion;
}

interface PlannedInstall {
  readonly result: InstallResult;
  readonly plan: InstallPlan;
  readonly previous: InstallRecord | null;
}

function planIn(installation: Installation): PlannedInstall {
  const { repository, payload } = installation;
  const previous = readRecord(repository.commonDir);
  const { plan, tier } = makePlan(installation, previous);
  const settled =
    plan.steps.length === 0 && previous?.state === "installed" && sameRecord(previous, plan.record);
  const result: InstallResult = {
    kind: settled && !installation.options.dryRun ? "unchanged" : "planned",
    repository,
    gotVersion: payload.gotVersion,
    previousVersion: previous?.gotVersion ?? null,
    tier,
    steps: plan.steps,
    notes: plan.notes,
  };
  return { result, plan, previous };
}

function makePlan(
  installation: Installation,
  previous: InstallRecord | null,
): { readonly plan: InstallPlan; readonly tier: Tier } {
  const { options, repository, payload, version } = installation;
  const { paths, notes } = readPaths(repository.topLevel);
  const place: Place = {
    commonDir: repository.commonDir,
    topLevel: repository.topLevel,
    modes: { file: 0o666 & ~options.umask, executable: 0o777 & ~options.umask },
    nodePath: options.nodePath,
    paths,
    memoKey: randomBytes(32).toString("hex"),
  };
  const view = repositoryView(repository);
  const hooks = chooseHookWishes({ repository, place, payload, version, view }, options.temporary);
  const wishes = {
    tier: hooks.tier,
    list: [...baseWishes(place, payload), ...hooks.list],
    notes: [...notes, ...hooks.notes],
    ...(hooks.sharedHooks === undefined ? {} : { sharedHooks: hooks.sharedHooks }),
  };
  const worktrees = repository.worktrees.map((worktree) => worktree.path);
  const files = wishes.list.flatMap((wish) => (wish.kind === "config" ? [] : [wish.path]));
  checkLinks(
    files.filter((file) => !file.startsWith(repository.commonDir + path.sep)),
    worktrees,
  );
  const plan = planInstall(
    {
      wishes,
      previous,
      gotVersion: payload.gotVersion,
      commonDir: repository.commonDir,
      worktrees,
    },
    view,
  );
  return { plan, tier: hooks.tier };
}

function apply(repository: GitRepository, plan: InstallPlan, previous: InstallRecord | null): void {
  const { commonDir } = repository;
  const call = { cwd: repositoryBase(repository), env: repository.env };
  const configPath = path.join(commonDir, "config");
  const before = readEntry(configPath);
  const intact = previous === null || previous.configFile?.after === fingerprint(before);
  const original = previous === null ? saveEntry(before) : (previous.configFile?.before ?? saveEntry(before));
  const roots = repository.worktrees.map((worktree) => worktree.path);
  const made = missingDirectories(plan.steps).map((directory) => recordPath(commonDir, directory, roots));
  const record: InstallRecord = {
    ...plan.record,
    directories: [...new Set([...plan.record.directories, ...made])],
    configFile: null,
  };
  writeRecord(commonDir, record);
  if (previous !== null && previous.state !== "installed") sweepTemporary(record, commonDir);
  applySteps(plan.steps, call);
  const configFile = intact ? { before: original, after: fingerprint(readEntry(configPath)) } : null;
  writeRecord(commonDir, { ...record, state: "installed", configFile });
}

/** Directories that writing will make, outermost first. */
function missingDirectories(steps: readonly Step[]): readonly string[] {
  const missing = new Set<string>();
  for (const step of steps) {
    if (step.kind !== "write" || step.to.kind === "absent") continue;
    const chain: string[] = [];
    for (let at = path.dirname(step.path); !existsSync(at); at = path.dirname(at)) chain.unshift(at);
    for (const directory of chain) missing.add(directory);
  }
  return [...missing];
}

function sameRecord(previous: InstallRecord, next: InstallRecord): boolean {
  const essence = (record: InstallRecord): string =>
    JSON.stringify([
      record.gotVersion,
      record.tier,
      record.files,
      record.chains,
      record.config,
      record.sharedHooks,
    ]);
  return essence(previous) === essence(next);
}
