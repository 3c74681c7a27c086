import os from "node:os";
import { install, type InstallResult } from "../../install/install.ts";
import { type Proof, proveDrivers } from "../../install/prove.ts";
import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import { installText } from "../views/install.ts";
import { stepData } from "../views/step-data.ts";
import { installOptions } from "../install-options.ts";

/** `got-hooks install`: puts hooks, drivers and attributes into this repository. */
export const installCommand: Command<{ "dry-run": boolean }> = {
  builder: (yargs) =>
    yargs
      .option("dry-run", {
        type: "boolean",
        default: false,
        describe: "Show what would change in every file and configuration value; change nothing",
      })
      .example("$0 install", "install, or bring an installation up to date; run again it changes nothing")
      .example("$0 install --dry-run", "show the difference first"),
  run: async (context, args) => {
    const result = install({
      ...installOptions(context),
      dryRun: args["dry-run"],
    });
    const proof = args["dry-run"] ? null : prove(context, result);
    const data = {
      kind: result.kind,
      version: result.gotVersion,
      previousVersion: result.previousVersion,
      tier: result.tier,
      topLevel: result.repository.topLevel,
      commonDir: result.repository.commonDir,
      changes: result.steps.map(stepData),
      notes: result.notes,
      proof,
    };
    return { data, text: installText(result, proof), exitCode: proof?.kind === "failed" ? 1 : 0 };
  },
};

function prove(context: Context, result: InstallResult): Proof {
  context.note("got-hooks: proving the drivers with a merge in a throw-away repository");
  return proveDrivers(result.repository, os.tmpdir());
}
