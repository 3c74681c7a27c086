import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { type GitRepository, openRepository } from "../git/repository.ts";
import { tryGit } from "../git/run-git.ts";
import type { Log, LogProblem } from "../log/log.ts";
import { openLog } from "../log/open-log.ts";
import type { Durability } from "../store/store.ts";
import { complaintAboutAgent, complaintAboutSession } from "../model/event.ts";
import type { Context } from "./context.ts";
import { printable } from "./printable.ts";
import { readDurability } from "./read-durability.ts";

/** An open log with what the commands about it need to know. */
export interface EventLog {
  readonly log: Log;
  readonly repository: GitRepository;
  readonly workTree: string;
  readonly session: string;
  readonly agent: string;
  readonly durability: Durability;
  /** What reading has passed over so far. */
  readonly problems: readonly LogProblem[];
}

const sessionMs = 24 * 60 * 60 * 1000;

/**
 * Opens the event log of the work tree that the command runs in, for the same session and agent as the hooks: `GOT_SESSION`, else the
 * worktree's own; `GOT_AGENT`, else git's `user.name`. With `paranoid` each append is synced.
 *
 * @param agent takes precedence over the environment.
 * @throws GotError NOT_A_REPOSITORY, also in a bare repository; USAGE for names that can't be used.
 */
export function openEventLog(context: Context, agent?: string): EventLog {
  const repository = openRepository(context.cwd, context.env);
  const workTree = repository.topLevel;
  if (workTree === null) {
    throw new GotError(
      "NOT_A_REPOSITORY",
      `${context.cwd} is not in a work tree, and events are kept in one`,
      {
        facts: { cwd: context.cwd },
        hint: "Change into a work tree, or name one with -C <dir>.",
      },
    );
  }
  const problems: LogProblem[] = [];
  const session = sessionOf(context, repository.gitDir);
  const name = agent ?? agentOf(context, workTree);
  const durability = readDurability(context, repository);
  const log = openLog({
    workTree,
    commonDir: repository.commonDir,
    session,
    agent: name,
    worktree: repository.gitDir === repository.commonDir ? "main" : path.basename(repository.gitDir),
    now: () => context.now().getTime(),
    randomHex: () => randomBytes(4).toString("hex"),
    durability: durability === "paranoid" ? "balanced" : "lazy",
    onProblem: (problem) => problems.push(problem),
  });
  return { log, repository, workTree, session, agent: name, durability, problems };
}

/** Says on stderr what reading has passed over; the first few by name. Files are named from `directory`. */
export function noteProblems(
  context: Context,
  problems: readonly LogProblem[],
  directory: string = ".got/",
): void {
  for (const { file, line, reason } of problems.slice(0, shownProblems)) {
    const where = `${directory}${file}${line === null ? "" : ` line ${line}`}`;
    context.note(printable(`${where} is passed over: ${reason}`));
  }
  if (problems.length > shownProblems) context.note(`and ${problems.length - shownProblems} more like these`);
}

const shownProblems = 5;

/** `<git-dir>/got/session` is the hooks' file (hooks/lib.sh, got_read_session): format, session, when it began in seconds, agent. */
function sessionOf(context: Context, gitDir: string): string {
  const named = context.env["GOT_SESSION"];
  if (named !== undefined && named !== "") {
    const complaint = complaintAboutSession(named);
    if (complaint === null) return named;
    throw new GotError("USAGE", `GOT_SESSION can't be used: ${complaint}`, { facts: { session: named } });
  }
  const file = path.join(gitDir, "got", "session");
  const nowMs = context.now().getTime();
  const [format, session = "", began = ""] = readLines(file);
  const isCurrent = /^\d+$/.test(began) && nowMs - Number(began) * 1000 < sessionMs;
  if (format === "1" && isCurrent && complaintAboutSession(session) === null) return session;
  const [date, time] = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  const made = `${date}-${time}-${randomBytes(4).toString("hex")}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    // No agent and no calibration of the clock: the hooks find both out when they need them.
    writeFileAtomic(file, `1\n${made}\n${Math.floor(nowMs / 1000)}\nnone\n"unknown"\n- 0 0\n`, {
      durable: false,
    });
  } catch {
    // A read-only git directory: the session is this command's alone.
  }
  return made;
}

function agentOf(context: Context, workTree: string): string {
  for (const name of [context.env["GOT_AGENT"], context.env["GIT_COMMITTER_NAME"]]) {
    if (name !== undefined && complaintAboutAgent(name) === null) return name;
  }
  const configured = tryGit({ cwd: workTree, env: context.env }, ["config", "user.name"]).stdout.replace(
    /\n$/,
    "",
  );
  return complaintAboutAgent(configured) === null ? configured : "unknown";
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").slice(0, limits.eventLineBytes).split("\n");
  } catch {
    return [];
  }
}
