import { existsSync } from "node:fs";
import path from "node:path";
import type { DriverKind } from "../model/policy.ts";
import { driverName } from "./attribute-lines.ts";
import { driverCommand } from "./driver-command.ts";

/** The key of git's configuration that registers a driver. */
export function driverKey(kind: DriverKind): string {
  return `merge.${driverName(kind)}.driver`;
}

/**
 * What is wrong with the registration of a driver; null when git gets to the shim.
 *
 * @param registered the value that holds where git is asked; undefined when there is none.
 */
export function driverProblem(
  kind: DriverKind,
  registered: string | undefined,
  commonDir: string,
): string | null {
  const key = driverKey(kind);
  const shimPath = path.join(commonDir, "got", "bin", "got-merge");
  if (registered === undefined) return `the merge driver ${driverName(kind)} is not registered (${key})`;
  if (registered !== driverCommand({ kind, shimPath })) return `${key} is not what install wrote`;
  return existsSync(shimPath)
    ? null
    : `the merge driver ${driverName(kind)} is registered, but ${shimPath} is missing`;
}
