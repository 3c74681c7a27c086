import type { Locks } from "../lock/lock.ts";
import type { LockWarning } from "../lock/metrics/lock-metrics.ts";
import type { Log, LogProblem } from "../log/log.ts";
import type { Config } from "../model/config.ts";
import { openStore } from "../store/open-store.ts";
import type { Durability, StateChange, Store, StoreProblem } from "../store/store.ts";
import { openEventLog } from "./open-event-log.ts";
import { contentionDirectory, openRepositoryLocks } from "./open-locks.ts";
import type { Place } from "./place.ts";
import { readSoundConfig } from "./read-config.ts";

/** The store, the event log and the locks of one work tree, opened for one agent. */
export interface Workspace {
  /** Top of the work tree. */
  readonly workTree: string;
  /** This worktree's own git directory, and what all linked worktrees share. */
  readonly gitDir: string;
  readonly commonDir: string;
  readonly agent: string;
  readonly session: string;
  /** `.got/config.json`, as it was when the workspace was opened. */
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  /** The locks of the repository; opened, and a server connected to, with the first call. */
  readonly locks: () => Promise<Locks>;
  /** What `readEntityContention` reads. */
  readonly metricsDirectory: string;
  /** What reading the log has passed over so far. */
  readonly problems: readonly LogProblem[];
  /** Flushes and gives everything back. */
  readonly close: () => Promise<void>;
}

export interface OpenWorkspaceOptions extends Omit<Place, "now"> {
  /** Default `GOT_AGENT`, else git's `user.name`. */
  readonly agent?: string;
  /** Default `GOT_SESSION`, else the worktree's own, which the hooks use too. */
  readonly session?: string;
  /** Default `GOT_DURABILITY`, else `got.durability` of the user's own git configuration, else `balanced`. */
  readonly durability?: Durability;
  readonly now?: () => Date;
  readonly onState?: (change: StateChange) => void;
  readonly onProblem?: (problem: StoreProblem) => void;
  readonly onLockWarning?: (warning: LockWarning) => void;
}

/**
 * Opens everything for the work tree that `cwd` is in, as the command line does: the merge policy is that of `.got/config.json`, and
 * what the store commits goes into the event log.
 *
 * @throws GotError NOT_A_REPOSITORY, also in a bare repository; USAGE for names that can't be used; INVALID_CONFIG; STORE_UNUSABLE.
 * @example
 * const work = await openWorkspace({ cwd: process.cwd(), env: process.env });
 * await work.store.transaction((tx) => tx.put({ type: "task", id: "T-1", title: "write it down" }));
 * await work.close();
 */
export async function openWorkspace(options: OpenWorkspaceOptions): Promise<Workspace> {
  const place: Place = { cwd: options.cwd, env: options.env, now: options.now ?? (() => new Date()) };
  const { log, repository, workTree, session, agent, durability, problems } = openEventLog(place, options);
  const { gitDir, commonDir } = repository;
  let store: Store;
  let config: Config;
  try {
    ({ config } = readSoundConfig(workTree));
    store = await openStore({
      workTree,
      gitDir,
      commonDir,
      agent,
      session,
      durability,
      policy: config.policy,
      now: place.now,
      appendEvents: (events) => void log.appendMany(events.map((event) => ({ ...event }))),
      syncEvents: log.sync,
      ...(options.onState === undefined ? {} : { onState: options.onState }),
      ...(options.onProblem === undefined ? {} : { onProblem: options.onProblem }),
    });
  } catch (error) {
    log.close();
    throw error;
  }
  let locks: Promise<Locks> | undefined;
  return {
    workTree,
    gitDir,
    commonDir,
    agent,
    session,
    config,
    store,
    log,
    locks: () => (locks ??= openRepositoryLocks(repository, place, options.onLockWarning)),
    metricsDirectory: contentionDirectory(repository),
    problems,
    close: async () => {
      try {
        await store.close();
      } finally {
        log.close();
        // Locks that could not be opened have told whoever asked for them.
        await (await locks?.catch(() => undefined))?.close();
      }
    },
  };
}
