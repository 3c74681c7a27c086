import { type DriverKind, driverKinds } from "../model/policy.ts";
import { type GitCall, tryGit } from "./run-git.ts";

/** The drivers of ours that git would run in a repository. */
export function registeredDrivers(call: GitCall): ReadonlySet<DriverKind> {
  return new Set(
    driverKinds.filter((kind) => {
      const asked = tryGit(call, ["config", "--get", `merge.got-${kind}.driver`]);
      return asked.status === 0 && asked.stdout.trim() !== "";
    }),
  );
}
