import { install, type InstallResult } from "../../src/install/install.ts";
import { uninstall, type UninstallResult } from "../../src/install/uninstall.ts";
import type { Sandbox } from "./sandbox.ts";

/** Installs from a package folder into the repository at `cwd`, with the sandbox's environment. */
export function runInstall(
  sandbox: Sandbox,
  cwd: string,
  packageRoot: string,
  more: { dryRun?: boolean } = {},
): InstallResult {
  return install({
    cwd,
    env: sandbox.env,
    packageRoot,
    nodePath: process.execPath,
    temporary: sandbox.root,
    umask: 0o022,
    dryRun: more.dryRun ?? false,
  });
}

export function runUninstall(
  sandbox: Sandbox,
  cwd: string,
  more: { dryRun?: boolean; purge?: boolean } = {},
): UninstallResult {
  return uninstall({ cwd, env: sandbox.env, dryRun: more.dryRun ?? false, purge: more.purge ?? false });
}
