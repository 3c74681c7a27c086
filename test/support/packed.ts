import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Run, Sandbox } from "./sandbox.ts";

const root = path.resolve(import.meta.dirname, "..", "..");

export interface Packed {
  /** Absolute path of the tarball. */
  readonly tarball: string;
  /** Paths in the package. */
  readonly files: readonly string[];
  readonly sizeBytes: number;
}

/** Makes the package from the built tree, as `npm publish` would. */
export function pack(sandbox: Sandbox): Packed {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", sandbox.root];
  const done = npm(sandbox, root, args);
  if (done.status !== 0) throw new Error(`npm pack failed: ${done.stderr}`);
  const [one] = JSON.parse(done.stdout) as { filename: string; size: number; files: { path: string }[] }[];
  if (one === undefined) throw new Error("npm pack made nothing");
  return {
    tarball: path.join(sandbox.root, one.filename),
    files: one.files.map((file) => file.path),
    sizeBytes: one.size,
  };
}

/**
 * Installs the tarball into an empty project: with npm, or, where no registry answers, by unpacking it beside copies of
 * the dependencies that this checkout has.
 *
 * @returns how it was done.
 */
export function installPacked(sandbox: Sandbox, project: string, packed: Packed): "npm" | "unpacked" {
  mkdirSync(project);
  writeFileSync(
    path.join(project, "package.json"),
    '{ "name": "empty", "version": "1.0.0", "private": true }\n',
  );
  const args = [
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=0",
    "--fetch-timeout=20000",
  ];
  if (npm(sandbox, project, [...args, packed.tarball]).status === 0) return "npm";
  const modules = path.join(project, "node_modules");
  const target = path.join(modules, "got-hooks");
  mkdirSync(target, { recursive: true });
  const untar = sandbox.run(project, "tar", ["-xzf", packed.tarball, "-C", target, "--strip-components=1"]);
  if (untar.status !== 0) throw new Error(`tar failed: ${untar.stderr}`);
  copyDependencies(path.join(root, "node_modules"), modules, target);
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  symlinkSync("../got-hooks/dist/cli/main.js", path.join(modules, ".bin", "got-hooks"));
  return "unpacked";
}

/** npm with this user's own configuration (registry, cache), without what `npm test` has put into the environment. */
function npm(sandbox: Sandbox, cwd: string, args: readonly string[]): Run {
  return sandbox.run(cwd, "npm", args, { env: { HOME: os.homedir(), npm_config_update_notifier: "false" } });
}

/** Copies the dependencies of the package in `folder`, and theirs, from one flat node_modules to another. */
function copyDependencies(from: string, to: string, folder: string): void {
  const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const nested = path.join(folder, "node_modules", name);
    const target = path.join(to, name);
    if (existsSync(nested) || existsSync(target)) continue;
    cpSync(path.join(from, name), target, { recursive: true });
    copyDependencies(from, to, target);
  }
}
