import path from "node:path";
import type { Finding } from "../../src/doctor/finding.ts";
import { runDoctor } from "../../src/doctor/run-doctor.ts";
import { type DoctorOptions, openSubject } from "../../src/doctor/subject.ts";
import { runInstall } from "./run-install.ts";
import { createRepository, createSandbox, openRepository, type Repository, type Sandbox } from "./sandbox.ts";
import { createSmallPackage } from "./small-package.ts";

/** A repository with got-hooks installed and one commit, in which the doctor finds nothing; to be damaged on purpose. */
export interface Patient {
  readonly sandbox: Sandbox;
  readonly repository: Repository;
  readonly commonDir: string;
  readonly packageRoot: string;
  /** Adds a linked worktree, detached unless a branch is named. */
  readonly addWorktree: (name: string, ...more: string[]) => Repository;
  readonly options: (more?: {
    cwd?: string;
    env?: Record<string, string | undefined>;
    now?: Date;
  }) => DoctorOptions;
  readonly examine: (more?: Parameters<Patient["options"]>[0]) => readonly Finding[];
}

export function createPatient(
  test: { readonly teardown: (action: () => void) => void },
  options: { readonly installed?: boolean; readonly name?: string } = {},
): Patient {
  const sandbox = createSandbox();
  test.teardown(sandbox.dispose);
  const repository = createRepository(sandbox, options.name);
  const packageRoot = createSmallPackage(sandbox.root);
  const optionsOf: Patient["options"] = (more = {}) => ({
    cwd: more.cwd ?? repository.dir,
    env: { ...sandbox.env, ...more.env },
    packageRoot,
    nodePath: process.execPath,
    temporary: sandbox.root,
    umask: 0o022,
    now: () => more.now ?? new Date(),
  });
  if (options.installed !== false) runInstall(sandbox, repository.dir, packageRoot);
  repository.commit({ "readme.txt": "hello\n" }, "first");
  return {
    sandbox,
    repository,
    commonDir: path.join(repository.dir, ".git"),
    packageRoot,
    addWorktree: (name, ...more) => {
      const directory = path.join(sandbox.root, name);
      repository.git("worktree", "add", "-q", ...(more.length === 0 ? ["--detach"] : more), "--", directory);
      return openRepository(sandbox, directory);
    },
    options: optionsOf,
    examine: (more) => runDoctor(openSubject(optionsOf(more))),
  };
}

/** Findings as `<id> <where>`, for comparing. */
export function named(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ id, where }) => `${id} ${where}`);
}
