import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { driverKinds } from "../../src/model/policy.ts";

const main = path.resolve(import.meta.dirname, "..", "..", "dist", "cli", "main.js");

/** A folder for one bench, with an environment of its own: no user's git configuration, no preloads. */
export interface Workshop {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a program; throws when it fails. */
  readonly run: (cwd: string, command: string, args: readonly string[]) => string;
  /** Makes a repository with got-hooks installed from dist, and its driver commands by kind. */
  readonly createRepository: (name: string) => InstalledRepository;
  readonly dispose: () => void;
}

export interface InstalledRepository {
  readonly dir: string;
  readonly git: (...args: string[]) => string;
  readonly write: (file: string, content: string) => void;
  /** `merge.got-<kind>.driver`. */
  readonly driver: (kind: (typeof driverKinds)[number]) => string;
}

/** Opens a workshop. Hooks are off in it (`GOT_HOOKS=0`): its benches measure drivers. */
export function openWorkshop(): Workshop {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-bench-"));
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: folder,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: path.join(folder, ".gitconfig"),
    GOT_HOOKS: "0",
  };
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    "[user]\n\tname = bench\n\temail = bench@example.com\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n",
  );
  const run: Workshop["run"] = (cwd, command, args) => {
    const done = spawnSync(command, [...args], { cwd, env, encoding: "utf8", maxBuffer: 1 << 28 });
    if (done.status !== 0)
      throw new Error(`${command} ${args.join(" ")} ended with ${done.status}: ${done.stderr}`);
    return done.stdout;
  };
  const createRepository = (name: string): InstalledRepository => {
    const dir = path.join(folder, name);
    run(folder, "git", ["init", "-q", dir]);
    run(dir, process.execPath, [main, "install"]);
    const git = (...args: string[]): string => run(dir, "git", args);
    const write = (file: string, content: string): void => {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), content);
    };
    return {
      dir,
      git,
      write,
      driver: (kind) => git("config", `merge.got-${kind}.driver`).replace(/\n$/, ""),
    };
  };
  return {
    folder,
    env,
    run,
    createRepository,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
