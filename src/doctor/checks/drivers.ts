import { driverKey, driverProblem } from "../../install/driver-problem.ts";
import { shellCommand } from "../../base/shell-quote.ts";
import { driverKinds } from "../../model/policy.ts";
import { finding, type Finding } from "../finding.ts";
import { joinAlike } from "../join-alike.ts";
import { listNames } from "../list-names.ts";
import { effective, settingPlace, type Subject, type WorktreeSubject } from "../subject.ts";

/** Whether git, in each worktree, has our drivers under the names that the attributes use. */
export function checkDrivers(subject: Subject): readonly Finding[] {
  if (subject.installation.kind !== "recorded") return [];
  return joinAlike(subject.worktrees.flatMap((worktree) => checkWorktree(worktree, subject)));
}

function checkWorktree(worktree: WorktreeSubject, { repository }: Subject): readonly Finding[] {
  const problems = driverKinds.flatMap((kind) => {
    const setting = effective(worktree.settings, driverKey(kind));
    const problem = driverProblem(kind, setting?.value, repository.commonDir);
    if (problem === null) return [];
    // Somebody has set another command where it weighs more than what install wrote.
    const place =
      setting === undefined || setting.scope === "local" ? "" : ` (${settingPlace(worktree, setting)})`;
    return [problem + place];
  });
  if (problems.length === 0) return [];
  return [
    finding("driver-unregistered", {
      where: worktree.path,
      observed: listNames(problems),
      expected: "merge.got-<kind>.driver as install writes it, for each of the four drivers",
      command: shellCommand("got-hooks", "-C", worktree.path, "install"),
      repair: { kind: "install", directory: worktree.path },
    }),
  ];
}
