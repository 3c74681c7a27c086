import os from "node:os";
import type { Context } from "./context.ts";

/** What everything about an installation needs of the outside world, as `install`, `status` and `doctor` take it. */
export function installOptions(context: Context) {
  return {
    cwd: context.cwd,
    env: context.env,
    packageRoot: context.packageRoot,
    nodePath: context.nodePath,
    temporary: os.tmpdir(),
    umask: process.umask(),
  };
}
