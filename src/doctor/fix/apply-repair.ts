import { randomBytes } from "node:crypto";
import path from "node:path";
import { openRepository } from "../../git/repository.ts";
import { runGit } from "../../git/run-git.ts";
import { install } from "../../install/install.ts";
import { formatRecord } from "../../lock/file/holder-record.ts";
import { openLadder } from "../../lock/file/ladder.ts";
import { createLadderContext } from "../../lock/file/ladder-context.ts";
import { readMembers } from "../../lock/file/members.ts";
import { spoolDirectory } from "../../log/spool.ts";
import { adoptSpools, findStranded } from "../../sync/adopt-spools.ts";
import { fileStamp } from "../file-stamp.ts";
import { judgeGitLock } from "../git-lock.ts";
import { removeLiveWorktree } from "../live/live-worktree.ts";
import type { DoctorOptions } from "../subject.ts";
import type { Backup } from "./backup.ts";
import type { Repair } from "./repair.ts";

/** What became of one repair. */
export type Repaired =
  | { readonly kind: "done" }
  /** Things are not as they were judged: nothing was changed. */
  | { readonly kind: "left"; readonly reason: string };

/**
 * Does one repair, after what it changes was kept. Whatever was judged is judged again right before.
 *
 * @throws GotError WRITE_FAILED, GIT_FAILED, and what install throws.
 */
export function applyRepair(
  repair: Repair,
  id: string,
  context: { options: DoctorOptions; backup: Backup },
): Repaired {
  const { options, backup } = context;
  switch (repair.kind) {
    case "install":
      return reinstall({ ...options, cwd: repair.directory }, id, backup);
    case "setting": {
      backup.keep(id, repair.file);
      const { file, key, value } = repair;
      const change = value === null ? ["--unset-all", key] : ["--replace-all", key, value];
      runGit({ cwd: path.dirname(file), env: options.env }, ["config", "--file", file, ...change]);
      return { kind: "done" };
    }
    case "git-lock": {
      const state = judgeGitLock(repair.lock, options.now().getTime());
      const isDone = state.kind === "left" && backup.moveAway(id, repair.lock.file, state.stamp);
      return isDone ? { kind: "done" } : { kind: "left", reason: "somebody may be at work by now" };
    }
    case "stale-lock":
      return takeOver(repair, id, context);
    case "adopt-spools":
      return adopt(id, context);
    case "live-worktree": {
      const { directory } = repair;
      const place = { parent: path.dirname(directory), name: path.basename(directory) };
      removeLiveWorktree(openRepository(options.cwd, options.env), place);
      return { kind: "done" };
    }
    case "move-away": {
      const stamp = fileStamp(repair.file);
      const isDone = stamp !== null && backup.moveAway(id, repair.file, stamp);
      return isDone ? { kind: "done" } : { kind: "left", reason: "it is gone, or another one by now" };
    }
  }
}

function reinstall(options: DoctorOptions, id: string, backup: Backup): Repaired {
  const planned = install({ ...options, dryRun: true });
  for (const step of planned.steps) {
    if (step.kind === "config") backup.keep(id, path.join(planned.repository.commonDir, "config"));
    else if (step.kind !== "remove-directory") backup.keep(id, step.path);
  }
  const done = install({ ...options, dryRun: false });
  return done.kind === "installed"
    ? { kind: "done" }
    : { kind: "left", reason: "installing again changes nothing" };
}

/** Events change their file's name and nothing else. */
function adopt(id: string, { options, backup }: Parameters<typeof applyRepair>[2]): Repaired {
  const { commonDir } = openRepository(options.cwd, options.env);
  const stranded = findStranded(commonDir, true);
  for (const { name } of stranded) backup.keep(id, path.join(spoolDirectory(commonDir), name));
  adoptSpools(commonDir, stranded, `${options.now().getTime()}-${randomBytes(4).toString("hex")}`);
  return { kind: "done" };
}

/** Takes the lock as anybody would who wants it, and gives it back: its dead holders are gone then. */
function takeOver(
  repair: Extract<Repair, { kind: "stale-lock" }>,
  id: string,
  { options, backup }: { readonly options: DoctorOptions; readonly backup: Backup },
): Repaired {
  const context = createLadderContext();
  const ladder = openLadder(repair.directory, context);
  backup.keep(id, repair.file);
  const taken = ladder.take(() =>
    formatRecord({
      ...context.processes.identify(),
      since: options.now().toISOString(),
      what: "doctor --fix",
      agent: undefined,
      session: undefined,
      mode: undefined,
      leaseMs: undefined,
    }),
  );
  if (taken.kind !== "taken") return { kind: "left", reason: "somebody else has the lock by now" };
  readMembers(repair.directory, taken.names, context, { sweep: true });
  ladder.release(taken.epoch);
  return { kind: "done" };
}
