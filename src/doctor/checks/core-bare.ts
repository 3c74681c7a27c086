import { existsSync } from "node:fs";
import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import type { Environment } from "../../git/git-environment.ts";
import { tryGit } from "../../git/run-git.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/**
 * `core.bare` on, although the main worktree is there. A repository that is meant to be bare (with linked worktrees or
 * not) has never had an index or a log of its HEAD; neither goes away when the flag is flipped. Whoever has made a repository bare on
 * purpose, to have linked worktrees only, has taken the files away: where none of the index is there, nothing is wrong.
 */
export function checkCoreBare({ repository, options }: Subject): readonly Finding[] {
  const { commonDir, worktrees } = repository;
  if (worktrees[0]?.bare !== true || path.basename(commonDir) !== ".git") return [];
  const traces = ["index", path.join("logs", "HEAD")].filter((name) =>
    existsSync(path.join(commonDir, name)),
  );
  if (traces.length === 0 || wasEmptied(commonDir, options.env)) return [];
  const file = path.join(commonDir, "config");
  return [
    finding("core-bare", {
      where: path.dirname(commonDir),
      observed: `core.bare is true in ${file}, but ${commonDir} has ${traces.join(" and ")}, which only a repository with a worktree has`,
      expected: "core.bare is false",
      command: shellCommand("git", "config", "--file", file, "core.bare", "false"),
      repair: { kind: "setting", file, key: "core.bare", value: "false" },
    }),
  ];
}

/** True when the index names files and none of them is in the main worktree. */
function wasEmptied(commonDir: string, env: Environment): boolean {
  const { stdout } = tryGit({ cwd: commonDir, env }, ["ls-files", "-z"]);
  const tracked = stdout.split("\0", doctorLimits.indexFiles).filter((name) => name !== "");
  return tracked.length > 0 && !tracked.some((name) => existsSync(path.join(commonDir, "..", name)));
}
