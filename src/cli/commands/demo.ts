import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Argv } from "yargs";
import { install } from "../../install/install.ts";
import type { Command } from "../command.ts";
import { checkDemo } from "../demo/check-demo.ts";
import { playDemo } from "../demo/play-demo.ts";
import { demoView } from "../views/demo.ts";

interface Args {
  readonly keep: boolean;
}

/** Plays the demo with us and without; exit 1 when something that an agent did is missing from the merged files. */
export const demoCommand: Command<Args> = {
  builder: (yargs: Argv) =>
    yargs
      .option("keep", {
        type: "boolean",
        default: false,
        describe: "Keep the temporary folder, to look around in it",
      })
      .example("$0 demo", "five agents, one task, plain git merge: with got-hooks and without"),
  run: async (context, args) => {
    const folder = mkdtempSync(path.join(tmpdir(), "got-demo-"));
    const play = (name: string, installed: boolean): ReturnType<typeof playDemo> => {
      const place = path.join(folder, name);
      mkdirSync(place);
      return playDemo({
        folder: place,
        path: context.env["PATH"],
        nodePath: context.nodePath,
        install: installed
          ? (cwd, env) => {
              const { packageRoot, nodePath } = context;
              install({
                cwd,
                env,
                packageRoot,
                nodePath,
                temporary: place,
                umask: process.umask(),
                dryRun: false,
              });
            }
          : null,
      });
    };
    try {
      const withUs = await play("with-got-hooks", true);
      const alone = await play("git-alone", false);
      const checks = checkDemo(withUs);
      const data = { folder: args.keep ? folder : null, withUs, checks, alone };
      return { data, text: demoView(data), exitCode: checks.every(({ holds }) => holds) ? 0 : 1 };
    } finally {
      if (!args.keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
