import { openStore } from "../store/open-store.ts";
import type { Conflicted, Store } from "../store/store.ts";
import { GotError } from "../base/errors.ts";
import type { Context } from "./context.ts";
import { type EventLog, openEventLog } from "./open-event-log.ts";
import { readSoundConfig } from "../workspace/read-config.ts";

/** The entity store of the work tree that a command runs in, with the log that its events go to. */
export interface EntityStore {
  readonly store: Store;
  readonly opened: EventLog;
}

/**
 * Opens the store, runs `work` and closes it again. What the store has to say is noted on stderr.
 *
 * @throws GotError NOT_A_REPOSITORY, INVALID_CONFIG, and what the store throws.
 */
export async function withStore<Value>(
  context: Context,
  work: (found: EntityStore) => Promise<Value>,
): Promise<Value> {
  const opened = openEventLog(context);
  try {
    return await withStoreOf(context, opened, (store) => work({ store, opened }));
  } finally {
    opened.log.close();
  }
}

/** The same beside a log that is open already. */
export async function withStoreOf<Value>(
  context: Context,
  { repository, workTree, agent, session, durability, log }: EventLog,
  work: (store: Store) => Promise<Value>,
): Promise<Value> {
  const store = await openStore({
    workTree,
    gitDir: repository.gitDir,
    commonDir: repository.commonDir,
    agent,
    session,
    durability,
    policy: readSoundConfig(workTree).config.policy,
    now: context.now,
    appendEvents: (events) => void log.appendMany(events.map((event) => ({ ...event }))),
    syncEvents: log.sync,
    onProblem: ({ file, reason }) => context.note(`${file}: ${reason}`),
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The error for a transaction that lost against others in every attempt. */
export function conflictError({ conflicts, attempts }: Conflicted & { readonly attempts: number }): GotError {
  const [first] = conflicts;
  const fields = first === undefined || first.fields.length === 0 ? "" : ` (${first.fields.join(", ")})`;
  return new GotError(
    "STORE_UNUSABLE",
    `${first?.ref ?? "An entity"} was changed by others${fields} in each of ${attempts} attempts; nothing was written`,
    { facts: { ref: first?.ref ?? null, attempts }, hint: "Try again." },
  );
}
