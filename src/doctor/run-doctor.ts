import { GotError } from "../base/errors.ts";
import { checkAttributes } from "./checks/attributes.ts";
import { checkCoreBare } from "./checks/core-bare.ts";
import { checkDrivers } from "./checks/drivers.ts";
import { checkEnvironment } from "./checks/environment.ts";
import { checkHooks } from "./checks/hooks.ts";
import { checkInstalled } from "./checks/installed.ts";
import { checkManagers } from "./checks/managers.ts";
import { checkNode } from "./checks/node.ts";
import { checkOutdated } from "./checks/outdated.ts";
import { checkPrograms } from "./checks/programs.ts";
import { checkDirectories } from "./checks/directories.ts";
import { checkGitLocks } from "./checks/git-locks.ts";
import { checkIdentity } from "./checks/identity.ts";
import { checkLocks } from "./checks/locks.ts";
import { checkStashes } from "./checks/stashes.ts";
import { checkWorktrees } from "./checks/worktrees.ts";
import { checkClock } from "./checks/clock.ts";
import { checkEntityData } from "./checks/entities.ts";
import { checkEvents } from "./checks/events.ts";
import { checkFolds } from "./checks/folds.ts";
import { checkSpool } from "./checks/spool.ts";
import { finding, type Finding } from "./finding.ts";
import type { Subject } from "./subject.ts";

/** Looks for one family of trouble. Reads only. */
type Check = (subject: Subject) => readonly Finding[];

/** Every check, in the order in which its findings are shown. */
const checks: readonly (readonly [string, Check])[] = [
  ["installation", checkInstalled],
  ["programs", checkPrograms],
  ["hooks", checkHooks],
  ["hook managers", checkManagers],
  ["merge drivers", checkDrivers],
  ["attributes", checkAttributes],
  ["Node", checkNode],
  ["environment", checkEnvironment],
  ["core.bare", checkCoreBare],
  ["identity", checkIdentity],
  ["worktrees", checkWorktrees],
  ["stashes", checkStashes],
  ["git's lock files", checkGitLocks],
  ["locks", checkLocks],
  ["directories", checkDirectories],
  ["entities", checkEntityData],
  ["events", checkEvents],
  ["the spool", checkSpool],
  ["folds", checkFolds],
  ["the clock", checkClock],
  ["installing again", checkOutdated],
];

/**
 * Examines a repository with all its worktrees. Changes no byte of it.
 *
 * @param onProgress hears the name of each check before it begins.
 */
export function runDoctor(
  subject: Subject,
  onProgress: (check: string) => void = () => {},
): readonly Finding[] {
  const findings = checks.flatMap(([name, check]) => {
    onProgress(name);
    try {
      return check(subject);
    } catch (error) {
      // One broken thing must not hide the others.
      if (error instanceof GotError || isSystemError(error)) return [checkFailed(name, error, subject)];
      throw error;
    }
  });
  const isExplained = findings.some(explainsInstall);
  return isExplained ? findings.filter(({ id }) => id !== "install-outdated") : findings;
}

/** Whether a finding is the reason why installing again would change something. */
function explainsInstall({ id, repair }: Finding): boolean {
  return id === "hooks-switched-off" || (id !== "install-outdated" && repair?.kind === "install");
}

/** A file that may not be read, or that is gone since it was listed: commits go on while we look. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}

function checkFailed(name: string, error: Error, subject: Subject): Finding {
  return finding("check-failed", {
    where: subject.repository.commonDir,
    observed: `the check of ${name} could not be made: ${error.message}`,
    expected: "every check runs to its end",
    command: null,
    repair: null,
  });
}
