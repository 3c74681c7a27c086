import type { Environment } from "../git/git-environment.ts";

/** Where a workspace is opened from; what the outside world looks like comes in here and nowhere else. */
export interface Place {
  /** A folder in the work tree; absolute. */
  readonly cwd: string;
  /** `PATH` for git, and `GOT_AGENT`, `GOT_SESSION`, `GOT_DURABILITY`, `GOT_LOCKS`; usually `process.env`. */
  readonly env: Environment;
  readonly now: () => Date;
}
