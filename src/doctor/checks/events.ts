import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { commitsOutOfReach } from "../../git/commits-out-of-reach.ts";
import { repositoryBase } from "../../git/repository.ts";
import { tryGit } from "../../git/run-git.ts";
import { openAllInputs } from "../../log/all-inputs.ts";
import type { LogProblem } from "../../log/log.ts";
import { readEvents } from "../../log/read-events.ts";
import { Rewrites } from "../../log/rewrites.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { finding, type Finding } from "../finding.ts";
import { listNames } from "../list-names.ts";
import type { Subject } from "../subject.ts";

/** Reads all events once, of all worktrees and the spool: whether they can be read, and whether their commits are there. */
export function checkEvents(subject: Subject): readonly Finding[] {
  const { repository, worktrees } = subject;
  const problems = new Map<string, LogProblem[]>();
  const onProblem = (problem: LogProblem): void => {
    const known = problems.get(problem.file);
    if (known === undefined) problems.set(problem.file, [problem]);
    else known.push(problem);
  };
  const rewrites = new Rewrites();
  const commits = new Set<string>();
  const workTrees = worktrees.map(({ path: top }) => top);
  const opened = openAllInputs({ commonDir: repository.commonDir, workTrees }, onProblem);
  try {
    for (const event of readEvents(opened.inputs, { onProblem })) {
      rewrites.see(event);
      const { commit } = event;
      if (typeof commit === "string" && /^[0-9a-f]{40,64}$/.test(commit)) commits.add(commit);
    }
  } finally {
    opened.close();
  }
  const broken = [...problems]
    .slice(0, doctorLimits.filesShown)
    .map(([file, some]) => unreadable(file, some));
  return [
    ...broken,
    ...outOfReach(
      [...commits].filter((oid) => rewrites.newOf(oid) === null),
      subject,
    ),
  ];
}

function unreadable(file: string, problems: readonly LogProblem[]): Finding {
  const [first] = problems;
  const line = first === undefined || first.line === null ? "" : `line ${first.line}: `;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const at = first?.line ?? null;
  return finding("events-broken", {
    where: file,
    observed: `${line}${first?.reason ?? ""}${more}`,
    expected: "one event a line",
    command:
      at === null
        ? shellCommand("ls", "-ld", "--", file)
        : shellCommand("sed", "-n", `${at}p`, "--", path.resolve(file)),
    repair: null,
  });
}

/** Commits that events name and no reference leads to; those that a rewrite has replaced are as they should be. */
function outOfReach(commits: readonly string[], { repository, worktrees }: Subject): readonly Finding[] {
  const call = { cwd: repositoryBase(repository), env: repository.env };
  // In a shallow or partial clone commits are missing by design, and looking for them would fetch.
  const isPartial = worktrees.some(({ settings }) =>
    settings.some(({ key }) => key === "extensions.partialclone" || /^remote\..*\.promisor$/.test(key)),
  );
  if (isPartial || tryGit(call, ["rev-parse", "--is-shallow-repository"]).stdout.trim() === "true") return [];
  const asked = commits.slice(-doctorLimits.eventCommits);
  const { missing, unreachable } = commitsOutOfReach(call, asked);
  const all = [...missing, ...unreachable];
  if (all.length === 0) return [];
  return [
    finding("events-unreachable", {
      where: repository.commonDir,
      observed: `events name ${all.length} ${all.length === 1 ? "commit" : "commits"} that no reference leads to, ${missing.length} of them gone: ${listNames(all)}`,
      expected: "commits that are reachable, or were replaced by a rewrite that is recorded",
      command: shellCommand("got-hooks", "-C", repositoryBase(repository), "sync"),
      repair: null,
    }),
  ];
}
