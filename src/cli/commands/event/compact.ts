import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import { compact } from "../../../log/compact.ts";
import type { Command } from "../../command.ts";
import { autoCommit } from "../../auto-commit.ts";
import { openEventLog } from "../../open-event-log.ts";
import { holderOf, openLocks } from "../../open-locks.ts";
import { compactText } from "../../views/event.ts";
import { refusalLine } from "../../views/lock.ts";
import { timeOf } from "./log.ts";

interface CompactArgs {
  readonly before: string | undefined;
  readonly dryRun: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Sessions last a day; branches that still append to one are merged within days, mostly. */
const defaultAgeMs = 14 * dayMs;

/** Moves the events of old logs into archives; under a lock, so that two do not work on one work tree. */
export const compactCommand: Command<CompactArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("before", {
        type: "string",
        requiresArg: true,
        describe: "Logs whose newest event is older than this (ISO-8601); default two weeks ago",
      })
      .option("dry-run", {
        type: "boolean",
        default: false,
        describe: "Say what would be done, and do nothing",
      })
      .example("$0 event compact --dry-run", "what would be moved into an archive")
      .example("$0 event compact --before 2026-11-01", "archive what was finished before November"),
  run: async (context, args) => {
    const beforeMs =
      args.before === undefined
        ? context.now().getTime() - defaultAgeMs
        : Date.parse(timeOf("--before", args.before));
    const opened = openEventLog(context);
    const { repository, workTree } = opened;
    opened.log.close();
    const work = (): ReturnType<typeof compact> =>
      compact({ workTree, beforeMs, dryRun: args.dryRun, now: () => context.now().getTime() });
    const locks = await openLocks(context);
    try {
      const name = repository.gitDir === repository.commonDir ? "main" : repository.gitDir.split("/").at(-1);
      const outcome = await locks.withLock(
        `event-compact/${name}`,
        { holder: holderOf(context, "event compact") },
        async () => work(),
      );
      if (outcome.kind !== "granted" && outcome.kind !== "lost") {
        throw new GotError("LOCK_UNAVAILABLE", refusalLine(outcome, context.now()), {
          hint: "Wait for the other compaction to end, then run the command again.",
        });
      }
      const commit = args.dryRun ? { kind: "off" } : autoCommit(context, opened, "compact the event log");
      const data = {
        ...outcome.value,
        commit,
        dryRun: args.dryRun,
        before: new Date(beforeMs).toISOString(),
      };
      return { data, text: compactText(data) };
    } finally {
      await locks.close();
    }
  },
};
