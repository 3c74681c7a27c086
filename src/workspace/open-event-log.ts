import { randomBytes } from "node:crypto";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { type GitRepository, openRepository } from "../git/repository.ts";
import type { Log, LogProblem } from "../log/log.ts";
import { openLog } from "../log/open-log.ts";
import type { Durability } from "../store/store.ts";
import type { Place } from "./place.ts";
import { readDurability } from "./read-durability.ts";
import { currentAgent, currentSession } from "./who.ts";

/** An open log with what goes with it: whose it is, and where. */
export interface OpenedLog {
  readonly log: Log;
  readonly repository: GitRepository;
  readonly workTree: string;
  readonly session: string;
  readonly agent: string;
  readonly durability: Durability;
  /** What reading has passed over so far. */
  readonly problems: readonly LogProblem[];
}

/**
 * Opens the event log of the work tree that `place.cwd` is in, for the same session and agent as the hooks: `GOT_SESSION`, else the
 * worktree's own; `GOT_AGENT`, else git's `user.name`. With `paranoid` each append is synced.
 *
 * @param who takes precedence over the environment.
 * @throws GotError NOT_A_REPOSITORY, also in a bare repository; USAGE for names that can't be used.
 */
export function openEventLog(
  place: Place,
  who: {
    readonly agent?: string | undefined;
    readonly session?: string | undefined;
    readonly durability?: Durability | undefined;
  } = {},
): OpenedLog {
  const repository = openRepository(place.cwd, place.env);
  const workTree = repository.topLevel;
  if (workTree === null) {
    throw new GotError("NOT_A_REPOSITORY", `${place.cwd} is not in a work tree, and events are kept in one`, {
      facts: { cwd: place.cwd },
      hint: "Change into a work tree, or name one with -C <dir>.",
    });
  }
  const problems: LogProblem[] = [];
  const session = who.session ?? currentSession(place, repository.gitDir);
  const agent = who.agent ?? currentAgent(place, workTree);
  const durability = who.durability ?? readDurability(place, repository);
  const log = openLog({
    workTree,
    commonDir: repository.commonDir,
    session,
    agent,
    worktree: repository.gitDir === repository.commonDir ? "main" : path.basename(repository.gitDir),
    now: () => place.now().getTime(),
    randomHex: () => randomBytes(4).toString("hex"),
    durability: durability === "paranoid" ? "balanced" : "lazy",
    onProblem: (problem) => problems.push(problem),
  });
  return { log, repository, workTree, session, agent, durability, problems };
}
