import { uninstall } from "../../install/uninstall.ts";
import type { Command } from "../command.ts";
import { stepData } from "../views/step-data.ts";
import { uninstallText } from "../views/uninstall.ts";

/** `got-hooks uninstall`: takes everything back that install did. */
export const uninstallCommand: Command<{ "dry-run": boolean; purge: boolean }> = {
  builder: (yargs) =>
    yargs
      .option("dry-run", {
        type: "boolean",
        default: false,
        describe: "Show what would change; change nothing",
      })
      .option("purge", {
        type: "boolean",
        default: false,
        describe: "Also remove events that no commit has taken yet",
      })
      .example("$0 uninstall", "restore files, modes, attributes and configuration as they were"),
  run: async (context, args) => {
    const result = uninstall({
      cwd: context.cwd,
      env: context.env,
      dryRun: args["dry-run"],
      purge: args.purge,
    });
    const data = {
      kind: result.kind,
      topLevel: result.repository.topLevel,
      commonDir: result.repository.commonDir,
      changes: result.steps.map(stepData),
      notes: result.notes,
    };
    return { data, text: uninstallText(result) };
  },
};
