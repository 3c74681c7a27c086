import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const modules = path.resolve(import.meta.dirname, "..", "managers", "node_modules");

/** Why tests with real hook managers cannot run here; false when they can. Pass it as a test's `skip`. */
export const managersMissing: string | false = existsSync(path.join(modules, "husky"))
  ? false
  : "the hook managers are not installed: npm install --prefix test/managers --no-package-lock --ignore-scripts";

/** The entry of a manager, to be run with Node. */
export function managerProgram(name: "husky" | "simple-git-hooks"): string {
  return path.join(modules, name, name === "husky" ? "bin.js" : "cli.js");
}

/** lefthook's own executable for this platform; null when npm has none for it. */
export function lefthookProgram(): string | null {
  if (managersMissing !== false) return null;
  const packages = readdirSync(modules).filter((name) => name.startsWith("lefthook-"));
  const programs = packages.map((name) => path.join(modules, name, "bin", "lefthook"));
  return programs.find((program) => existsSync(program)) ?? null;
}
