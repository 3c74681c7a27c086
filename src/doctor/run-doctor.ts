import { GotError } from "../base/errors.ts";
import { checkCoreBare } from "./checks/core-bare.ts";
import { checkHooks } from "./checks/hooks.ts";
import { checkInstalled } from "./checks/installed.ts";
import { finding, type Finding } from "./finding.ts";
import type { Subject } from "./subject.ts";

/** Looks for one family of trouble. Reads only. */
type Check = (subject: Subject) => readonly Finding[];

/** Every check, in the order in which its findings are shown. */
const checks: readonly (readonly [string, Check])[] = [
  ["installation", checkInstalled],
  ["hooks", checkHooks],
  ["core.bare", checkCoreBare],
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
  return checks.flatMap(([name, check]) => {
    onProgress(name);
    try {
      return check(subject);
    } catch (error) {
      // One broken thing must not hide the others.
      if (error instanceof GotError) return [checkFailed(name, error, subject)];
      throw error;
    }
  });
}

function checkFailed(name: string, error: GotError, subject: Subject): Finding {
  return finding("check-failed", {
    where: subject.repository.commonDir,
    observed: `the check of ${name} could not be made: ${error.message}`,
    expected: "every check runs to its end",
    command: null,
    repair: null,
  });
}
