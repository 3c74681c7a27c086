import type { Argv } from "yargs";
import { GotError } from "../../base/errors.ts";
import { lockLimits } from "../../lock/lock-limits.ts";
import type { Command } from "../command.ts";
import { showContention } from "./metrics/contention.ts";
import { showLocks } from "./metrics/locks.ts";
import { showTransactions } from "./metrics/transactions.ts";

interface MetricsArgs {
  readonly what: "locks" | "contention" | "transactions";
  readonly days: number;
  readonly type: string | undefined;
  readonly limit: number | undefined;
  readonly threshold: number | undefined;
  readonly check: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Lines of a list when nobody says how many. */
const shownLines = 20;

/** Shows what the locks, entities and transactions of a repository met, over all processes that wrote it down. */
export const metricsCommand: Command<MetricsArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("what", {
        choices: ["locks", "contention", "transactions"] as const,
        default: "locks" as const,
        describe: "Locks, contention over entities, or the transactions themselves",
      })
      .option("days", {
        type: "number",
        default: 1,
        requiresArg: true,
        describe: `Days to look back, at most ${lockLimits.contentionDays}`,
      })
      .option("type", {
        type: "string",
        requiresArg: true,
        describe: "Entities of this type only (contention, transactions)",
      })
      .option("limit", {
        type: "number",
        requiresArg: true,
        describe: `The first so many, 0 is all; default ${shownLines} (contention, transactions)`,
      })
      .option("threshold", {
        type: "number",
        requiresArg: true,
        describe:
          "Share of tries with a conflict or a wait that is an alert (contention); default metrics.contentionAlert of .got/config.json, else 0.3",
      })
      .option("check", {
        type: "boolean",
        default: false,
        describe: "Exit 1 when there is an alert (contention)",
      })
      .example("$0 metrics", "waits and holds of each lock in the last day")
      .example("$0 metrics contention --type task", "what transactions fought over, and what to change")
      .example("$0 metrics contention --check --threshold 0.1", "exit 1 when it is more than a tenth of them")
      .example("$0 metrics transactions --days 7", "who committed what, and who could not and why"),
  run: async (context, args) => {
    const { what, days, type, threshold } = args;
    if (!(days > 0 && days <= lockLimits.contentionDays))
      throw new GotError("USAGE", `--days must be above 0 and at most ${lockLimits.contentionDays}`);
    if (threshold !== undefined && !(threshold > 0 && threshold <= 1))
      throw new GotError("USAGE", "--threshold must be a share above 0 and at most 1, e.g. 0.3");
    const limit = args.limit ?? shownLines;
    if (!Number.isInteger(limit) || limit < 0)
      throw new GotError("USAGE", "--limit must be a whole number, 0 for all");
    refuseForeign(args);
    const since = new Date(context.now().getTime() - days * dayMs);
    switch (what) {
      case "locks":
        return await showLocks(context, since);
      case "contention":
        return showContention(context, { since, type, limit, threshold, check: args.check });
      case "transactions":
        return await showTransactions(context, { since, type, limit });
    }
  },
};

/** An option that would do nothing is a mistake. */
function refuseForeign({ what, type, limit, threshold, check }: MetricsArgs): void {
  const given: readonly (readonly [string, boolean, boolean])[] = [
    ["--type", type !== undefined, what !== "locks"],
    ["--limit", limit !== undefined, what !== "locks"],
    ["--threshold", threshold !== undefined, what === "contention"],
    ["--check", check, what === "contention"],
  ];
  for (const [option, isGiven, isKnown] of given) {
    if (isGiven && !isKnown) {
      throw new GotError("USAGE", `${option} means nothing to metrics ${what}`, {
        hint: `Leave it out, or write got-hooks metrics contention ${option} ….`,
      });
    }
  }
}
