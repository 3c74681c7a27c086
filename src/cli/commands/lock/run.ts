import type { Argv } from "yargs";
import { GotError } from "../../../base/errors.ts";
import type { Grant } from "../../../lock/lock.ts";
import type { Command } from "../../command.ts";
import type { Context } from "../../context.ts";
import { exitCodes } from "../../exit-codes.ts";
import { holderOf, openLocks } from "../../open-locks.ts";
import { runChild } from "../../run-child.ts";
import { refusalLine } from "../../views/lock.ts";

interface RunArgs {
  readonly resource: readonly string[];
  readonly timeout: number;
  readonly fair: boolean;
  readonly shared: boolean;
  /** What stands after `--`. */
  readonly "--"?: readonly string[];
}

/** Runs a command under locks; its exit code is ours, 75 when the locks were not granted and nothing was run. */
export const runCommand: Command<RunArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("resource", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "What to lock, all or nothing",
      })
      .option("timeout", {
        type: "number",
        default: 30,
        requiresArg: true,
        describe: "Seconds to wait for the locks",
      })
      .option("fair", { type: "boolean", default: false, describe: "First come, first served" })
      .option("shared", { type: "boolean", default: false, describe: "Share the locks with other readers" })
      .example("$0 lock run landing/main -- make release", "one release at a time")
      .example("$0 lock run repo --timeout 5 -- make all", "exit 75 when it stays taken for 5 s"),
  run: async (context, args) => {
    const command = args["--"] ?? [];
    if (command.length === 0) {
      throw new GotError("USAGE", "There is no command to run", {
        hint: "Write it after two dashes: got-hooks lock run <resource..> -- <command>",
      });
    }
    const locks = await openLocks(context);
    try {
      const wanted = {
        holder: holderOf(context, command.join(" ")),
        timeoutMs: args.timeout * 1000,
        fair: args.fair,
        mode: args.shared ? "shared" : "exclusive",
      } as const;
      const outcome = await locks.withLock(args.resource, wanted, (grant) =>
        runUnder(context, command, grant),
      );
      switch (outcome.kind) {
        case "granted":
          return { data: { kind: outcome.kind, exitCode: outcome.value }, text: "", exitCode: outcome.value };
        case "lost":
          context.note(`the lock ${outcome.resources.join(", ")} was lost while ${command[0]} ran`);
          return {
            data: outcome,
            text: "",
            exitCode: outcome.value === 0 ? exitCodes.refused : outcome.value,
          };
        case "timedOut":
        case "deadlocked":
        case "aborted":
          context.note(refusalLine(outcome, context.now()));
          return { data: outcome, text: "", exitCode: exitCodes.notGranted };
      }
    } finally {
      await locks.close();
    }
  },
};

/** The command learns its tokens, so that what it writes to can refuse older ones. */
function runUnder(context: Context, command: readonly string[], grant: Grant): Promise<number> {
  const tokens = [...grant.tokens]
    .map(([resource, token]) => `${encodeURIComponent(resource)}=${token}`)
    .join(" ");
  return runChild(context, command, { env: { GOT_LOCK_TOKENS: tokens }, stop: grant.signal });
}
