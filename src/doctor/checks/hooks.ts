import { statSync } from "node:fs";
import { shellCommand } from "../../base/shell-quote.ts";
import { configHooksGit } from "../../git/git-version.ts";
import type { HookReach } from "../../install/hook-reach.ts";
import { hookNames, hooksInWorktree } from "../../install/hooks-in-worktree.ts";
import { readEntry } from "../../install/saved-entry.ts";
import { finding, type Finding } from "../finding.ts";
import { joinAlike } from "../join-alike.ts";
import { effective, settingFile, settingPlace, type Subject, type WorktreeSubject } from "../subject.ts";

/** Whether git, in each worktree and with that worktree's own configuration, gets to our hooks. */
export function checkHooks(subject: Subject): readonly Finding[] {
  const { installation, worktrees } = subject;
  if (installation.kind !== "recorded") return [];
  const { tier } = installation.record;
  const names = hookNames(installation.record);
  const findings = worktrees.flatMap((worktree) => {
    if (tier !== "config" && isSwitchedOff(worktree)) return [switchedOff(worktree)];
    const view = {
      read: readEntry,
      config: (key: string) =>
        worktree.settings.filter((setting) => setting.key === key).map(({ value }) => value),
    };
    const { directory } = worktree.hooks;
    const place = { tier, git: subject.git, directory, topLevel: worktree.path };
    const missed = hooksInWorktree(names, place, view).filter(({ problem }) => problem !== null);
    return missed.length === 0 ? [] : [unreachable(worktree, missed)];
  });
  return joinAlike(findings);
}

/** core.hooksPath is /dev/null, as people and agents set it to get rid of hooks, or another thing that is no directory. */
function isSwitchedOff({ hooks }: WorktreeSubject): boolean {
  if (hooks.configured === null) return false;
  if (hooks.directory === "/dev/null" || hooks.configured === "") return true;
  const found = statSync(hooks.directory, { throwIfNoEntry: false });
  return found !== undefined && !found.isDirectory();
}

function switchedOff(worktree: WorktreeSubject): Finding {
  const setting = effective(worktree.settings, "core.hookspath");
  const file = setting === undefined ? null : settingFile(worktree, setting);
  const place = setting === undefined ? "" : ` (${settingPlace(worktree, setting)})`;
  return finding("hooks-switched-off", {
    where: worktree.path,
    observed: `core.hooksPath is ${worktree.hooks.configured}${place}`,
    expected: "core.hooksPath not set, or a directory of hooks",
    command:
      file === null ? null : shellCommand("git", "config", "--file", file, "--unset-all", "core.hooksPath"),
    // Somebody has said so on purpose, perhaps; core.hooksPath is never ours to change.
    repair: null,
  });
}

function unreachable(worktree: WorktreeSubject, missed: readonly HookReach[]): Finding {
  const setting = effective(worktree.settings, "core.hookspath");
  const place =
    setting === undefined
      ? "core.hooksPath is not set"
      : `core.hooksPath is ${setting.value}, by the ${settingPlace(worktree, setting)}`;
  const names = missed.map(({ name }) => name).join(", ");
  const outdated = missed.every(({ place: key }) => key.startsWith("hook.got-"))
    ? ` (configured hooks need git ${configHooksGit.major}.${configHooksGit.minor})`
    : "";
  return finding("hooks-unreachable", {
    where: worktree.path,
    observed: `${names}: ${missed[0]?.problem ?? ""}; ${place}${outdated}`,
    expected: "each of these, as git finds it in this worktree, is executable and leads to got-hooks",
    command: shellCommand("got-hooks", "-C", worktree.path, "install"),
    repair: { kind: "install", directory: worktree.path },
  });
}
