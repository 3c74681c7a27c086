import { shellCommand } from "../../base/shell-quote.ts";
import { mergeAttributes } from "../../git/merge-attributes.ts";
import { runGit } from "../../git/run-git.ts";
import { attributeSamples, driverName } from "../../install/attribute-lines.ts";
import { readPaths } from "../../install/read-paths.ts";
import { driverFor } from "../../model/driver-paths.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { finding, type Finding } from "../finding.ts";
import { joinAlike } from "../join-alike.ts";
import { listNames } from "../list-names.ts";
import type { Subject, WorktreeSubject } from "../subject.ts";

/**
 * Whether git, in each worktree, hands real files to our drivers: the tracked ones under `.got` and those that the `paths`
 * of the worktree's own configuration name, checked out or not (sparse checkouts), and one sample for each kind.
 */
export function checkAttributes(subject: Subject): readonly Finding[] {
  if (subject.installation.kind !== "recorded") return [];
  return joinAlike(subject.worktrees.flatMap((worktree) => checkWorktree(worktree, subject)));
}

function checkWorktree(worktree: WorktreeSubject, { repository }: Subject): readonly Finding[] {
  const call = { cwd: worktree.path, env: repository.env };
  const { paths: rules } = readPaths(worktree.path);
  const hasOwn = rules.some(({ driver }) => driver !== undefined);
  // Without paths of their own only .got matters: a large repository's index need not be listed.
  const listed = runGit(call, ["ls-files", "-z", ...(hasOwn ? [] : ["--", ".got"])]).split("\0");
  const ours = [...attributeSamples.map(([file]) => file), ...listed].flatMap((file) => {
    const kind = driverFor({ paths: rules }, file);
    return kind === undefined ? [] : [{ file, driver: driverName(kind) }];
  });
  const asked = ours.slice(0, doctorLimits.attributePaths);
  const said = mergeAttributes(
    call,
    asked.map(({ file }) => file),
  );
  const wrong = asked.flatMap(({ file, driver }, index) => {
    const taken = said[index] ?? "";
    return taken === driver ? [] : [`${file} (${taken})`];
  });
  if (wrong.length === 0) return [];
  return [
    finding("attribute-unresolved", {
      where: worktree.path,
      observed: `git would not hand these to our drivers (in brackets what it takes): ${listNames(wrong)}`,
      expected: "git check-attr merge names a driver of ours for each of them",
      command: shellCommand("got-hooks", "-C", worktree.path, "install"),
      repair: { kind: "install", directory: worktree.path },
    }),
  ];
}
