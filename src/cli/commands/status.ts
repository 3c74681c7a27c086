import { installStatus } from "../../install/status.ts";
import type { Command } from "../command.ts";
import { statusText } from "../views/status.ts";
import { installOptions } from "../install-options.ts";

/** `got-hooks status`: what is installed here and whether git gets to it; exit 1 when something is broken. */
export const statusCommand: Command<unknown> = {
  builder: (yargs) =>
    yargs
      .example("$0 status", "see whether hooks, drivers and attributes are in force here")
      .example("$0 status --json", "the same for a program"),
  run: async (context) => {
    const status = installStatus(installOptions(context));
    const { repository, record } = status;
    const data = {
      installed: record !== null,
      version: record?.gotVersion ?? null,
      packageVersion: status.packageVersion,
      git: status.git.text,
      tier: record?.tier ?? null,
      topLevel: repository.topLevel,
      commonDir: repository.commonDir,
      hooksPath: {
        value: repository.hooks.configured,
        scope: repository.hooks.scope,
        directory: repository.hooks.directory,
      },
      hooks: status.hooks,
      drivers: status.drivers,
      attributes: status.attributes,
      problems: status.problems,
      notes: status.notes,
    };
    return { data, text: statusText(status), exitCode: status.problems.length === 0 ? 0 : 1 };
  },
};
