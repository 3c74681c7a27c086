import { shellCommand } from "../../base/shell-quote.ts";
import { repositoryBase } from "../../git/repository.ts";
import { tryGit } from "../../git/run-git.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** What lint-staged calls the stash in which it keeps everything while it runs. */
const lintStagedMark = "lint-staged automatic backup";

/** Stashes that a lint-staged which was killed has left: they may be the only copy of what it was working on. */
export function checkStashes({ repository, options }: Subject): readonly Finding[] {
  const cwd = repositoryBase(repository);
  const listed = tryGit({ cwd, env: repository.env }, ["stash", "list", "-z", "--format=%gd%n%ct%n%gs"]);
  return listed.stdout.split("\0").flatMap((record) => {
    const [name = "", seconds = "0", ...subject] = record.split("\n");
    const madeMs = Number(seconds) * 1000;
    if (!subject.join("\n").includes(lintStagedMark)) return [];
    if (options.now().getTime() - madeMs < doctorLimits.quietStashMs) return [];
    return [
      finding("stash-left", {
        where: cwd,
        observed: `${name} is lint-staged's automatic backup of ${new Date(madeMs).toISOString()}`,
        expected: "lint-staged drops its backup when it has ended",
        command: shellCommand("git", "-C", cwd, "stash", "show", "--patch", name),
        repair: null,
      }),
    ];
  });
}
