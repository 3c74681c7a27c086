import { existsSync } from "node:fs";
import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { readPaths } from "../../install/read-paths.ts";
import { checkEntities, type EntityProblem } from "../../store/check-entities.ts";
import { systemStoreFiles } from "../../store/store-files.ts";
import { openWal } from "../../store/wal.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { finding, type Finding } from "../finding.ts";
import { storeIsFree } from "../git-lock.ts";
import type { Subject, WorktreeSubject } from "../subject.ts";

/** The configuration and the entities of each worktree, and what the store has left unfinished. */
export function checkEntityData(subject: Subject): readonly Finding[] {
  return subject.worktrees.flatMap((worktree) => [
    ...checkConfig(worktree),
    ...checkFiles(worktree),
    ...checkWal(worktree, subject),
  ]);
}

function checkConfig(worktree: WorktreeSubject): readonly Finding[] {
  const file = path.join(worktree.path, ".got", "config.json");
  return readPaths(worktree.path).notes.map((note) =>
    finding("config-invalid", {
      where: file,
      observed: note,
      expected: "a configuration that got-hooks understands, or none",
      command: shellCommand("got-hooks", "policy", "check", file),
      repair: null,
    }),
  );
}

function checkFiles(worktree: WorktreeSubject): readonly Finding[] {
  if (!existsSync(path.join(worktree.path, ".got"))) return [];
  const { problems } = checkEntities({ workTree: worktree.path, gitDir: worktree.gitDir, repair: false });
  const byFile = new Map<string, EntityProblem[]>();
  for (const problem of problems) byFile.set(problem.file, [...(byFile.get(problem.file) ?? []), problem]);
  const shown = [...byFile].slice(0, doctorLimits.filesShown);
  const findings = shown.map(([file, some]) => broken(worktree, file, some));
  const more = byFile.size - shown.length;
  return more === 0
    ? findings
    : [
        ...findings,
        finding("data-broken", {
          where: path.join(worktree.path, ".got", "entities"),
          observed: `${more} more files have problems`,
          expected: "no file with problems",
          command: shellCommand("got-hooks", "-C", worktree.path, "fsck"),
          repair: null,
        }),
      ];
}

function broken(worktree: WorktreeSubject, file: string, problems: readonly EntityProblem[]): Finding {
  const [first] = problems;
  const line = first === undefined || first.line === null ? "" : `line ${first.line}: `;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const facts = { where: file, observed: `${line}${first?.reason ?? ""}${more}`, repair: null };
  if (file.startsWith(worktree.gitDir + path.sep)) {
    return finding("store-leftover", {
      ...facts,
      expected: "nothing that is kept aside for a person to look at",
      command: shellCommand("cat", "--", file),
    });
  }
  return finding("data-broken", {
    ...facts,
    expected: "data that can be read as what it is: JSON, one entity a file, checksums that hold",
    command: shellCommand(
      "git",
      "-C",
      worktree.path,
      "log",
      "-3",
      "--patch",
      "--",
      path.relative(worktree.path, file),
    ),
  });
}

/** Transactions that were committed and are not in the files: a process was killed in between. */
function checkWal(worktree: WorktreeSubject, { repository }: Subject): readonly Finding[] {
  const directory = path.join(worktree.gitDir, "got", "wal");
  if (!existsSync(directory) || !storeIsFree(repository.commonDir, worktree.gitDir)) return [];
  const wal = openWal({ files: systemStoreFiles, directory });
  try {
    wal.catchUp();
    const waiting = wal.lastLsn() - wal.appliedLsn();
    if (waiting <= 0) return [];
    return [
      finding("store-pending", {
        where: worktree.path,
        observed: `${waiting} committed ${waiting === 1 ? "transaction is" : "transactions are"} in the write-ahead log and not noted as written`,
        expected: "whoever uses the store next finishes them",
        command: shellCommand("got-hooks", "-C", worktree.path, "fsck"),
        repair: null,
      }),
    ];
  } finally {
    wal.close();
  }
}
