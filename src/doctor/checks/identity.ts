import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import type { Setting } from "../../git/settings.ts";
import { finding, type Finding } from "../finding.ts";
import { effective, settingFile, settingPlace, type Subject, type WorktreeSubject } from "../subject.ts";

/** Names and addresses that tests and tutorials give to nobody. RFC 2606 keeps the domains free. */
const fixtureNames =
  /^(test|tester|testing|test[ ._-]?(user|author|bot|name)|your name|user|name|foo|bar|foo bar|a u thor|c o mitter|author|john doe|jane doe|fixture)$/i;
const fixtureMails =
  /^(test(er|ing|[._-]?user)?|you|your|user|foo|author|committer)@|^[a-z]@[a-z](\.[a-z])?$|@(example\.(com|org|net)|test\.(com|org|net)|example|test|invalid|localhost)$|\.(example|test|invalid|localhost)$/i;

const keys = [
  ["user.name", fixtureNames],
  ["user.email", fixtureMails],
] as const;

/** Whether commits here are made in somebody's name, and not in that of a test that ran in the wrong repository. */
export function checkIdentity(subject: Subject): readonly Finding[] {
  const seen = new Set<string>();
  return subject.worktrees.flatMap((worktree) =>
    [...overwritten(worktree, subject), ...missing(worktree, subject)].filter(({ id, observed }) => {
      // What the common configuration says is the same in every worktree.
      const isNew = !seen.has(id + observed);
      seen.add(id + observed);
      return isNew;
    }),
  );
}

function overwritten(worktree: WorktreeSubject, subject: Subject): readonly Finding[] {
  return keys.flatMap(([key, fixture]) => {
    const setting = effective(worktree.settings, key);
    if (setting === undefined || !isOwn(setting) || !fixture.test(setting.value)) return [];
    const users = worktree.settings.findLast((other) => other.key === key && !isOwn(other));
    const file = settingFile(worktree, setting);
    if (users === undefined || users.value === setting.value || file === null) return [];
    return [
      finding("identity-overwritten", {
        where: worktree.path,
        observed: `${key} is "${setting.value}" (${settingPlace(worktree, setting)}), which looks like a test's`,
        expected: `"${users.value}", as your ${users.scope} configuration has it`,
        command: shellCommand("git", "config", "--file", file, "--unset-all", key),
        // A file that is included may be other repositories' too.
        repair: isOf(subject, worktree, file) ? { kind: "setting", file, key, value: null } : null,
      }),
    ];
  });
}

/** Whether a configuration file is this repository's or this worktree's own. */
function isOf({ repository }: Subject, { gitDir }: WorktreeSubject, file: string): boolean {
  return [path.join(repository.commonDir, "config"), path.join(gitDir, "config.worktree")].includes(file);
}

function missing(worktree: WorktreeSubject, { options: { env } }: Subject): readonly Finding[] {
  const absent = keys
    .map(([key]) => key)
    .filter((key) => {
      const variable = `GIT_COMMITTER_${key.slice("user.".length).toUpperCase()}`;
      const isMail = key === "user.email" && env["EMAIL"] !== undefined;
      const isSet =
        effective(worktree.settings, key) ?? effective(worktree.settings, key.replace("user", "committer"));
      return isSet === undefined && env[variable] === undefined && !isMail;
    });
  if (absent.length === 0) return [];
  return [
    finding("identity-missing", {
      where: worktree.path,
      observed: `${absent.join(" and ")} ${absent.length === 1 ? "is" : "are"} set nowhere`,
      expected: "a name and an address for commits",
      command: absent.map((key) => `git config --global ${key} …`).join(" && "),
      repair: null,
    }),
  ];
}

function isOwn({ scope }: Setting): boolean {
  return scope === "local" || scope === "worktree";
}
