import { type SimpleGit, simpleGit } from "simple-git";
import { demoTime } from "./agents.ts";

/** The environment of everything in the demo: nothing of the user's own git configuration, hooks or identity gets in. */
export function demoEnvironment(options: {
  readonly home: string;
  readonly path: string | undefined;
  readonly agent?: string;
  readonly second?: number;
}): Record<string, string> {
  const name = options.agent ?? "demo";
  const date = demoTime(options.second ?? 0);
  return {
    PATH: options.path ?? "/usr/bin:/bin",
    HOME: options.home,
    TMPDIR: options.home,
    LC_ALL: "C",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GOT_AGENT: name,
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: `${name}@example.com`,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: `${name}@example.com`,
    GIT_COMMITTER_DATE: date,
  };
}

export function demoGit(directory: string, environment: Record<string, string>): SimpleGit {
  // simple-git passes no GIT_ variable on that is not named.
  return simpleGit({ baseDir: directory, allowEnvironment: Object.keys(environment) }).env(environment);
}

export interface DemoMerge {
  readonly branch: string;
  readonly kind: "fast-forward" | "merged" | "conflict";
  /** Paths with conflicts. */
  readonly conflicts: readonly string[];
}

/** Runs plain `git merge`; a conflict is a result and stays in the work tree. */
export async function plainMerge(git: SimpleGit, branch: string): Promise<DemoMerge> {
  const before = await git.revparse(["HEAD"]);
  try {
    await git.merge(["--no-edit", branch]);
  } catch (error) {
    // What the index says: simple-git's own account of conflicts depends on whether a driver printed something.
    const conflicts = (await git.raw(["diff", "--name-only", "-z", "--diff-filter=U"]))
      .split("\0")
      .filter(Boolean);
    if (conflicts.length === 0) throw error;
    return { branch, kind: "conflict", conflicts };
  }
  const parents = (await git.raw(["rev-list", "--parents", "-1", "HEAD"])).trim().split(" ").slice(1);
  return {
    branch,
    kind: parents.length === 2 && parents[0] === before ? "merged" : "fast-forward",
    conflicts: [],
  };
}
